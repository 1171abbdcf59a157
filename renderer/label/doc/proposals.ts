/** What a model proposes and nobody has decided about yet. Units: image pixels. */

import { boxArea, boxIou } from '../../../native-models/geometry/box.ts';
import { type Shape, shapeXyxy } from '../../../native-models/geometry/shape.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import type { Annotation, Change } from '../../../preload/contract/labelling.ts';
import type { Proposals, ProposedObject } from '../../../preload/contract/proposals.ts';

/** A threshold makes sense from the first to the second. */
export const [LEAST_SURE, MOST_SURE] = [0.05, 0.99];

/** An object of the class that overlaps so much with a proposal is what it proposes. */
const SAME_OVERLAP = 0.7;

/** Those to decide about: sure enough, not settled, and not there already. */
export function openProposals(
  proposals: Proposals | null,
  annotations: readonly Annotation[],
  threshold: number,
): ProposedObject[] {
  if (proposals === null) return [];
  const settled = new Set(proposals.settled);
  const isThere = ({ class_name, xyxy }: ProposedObject) =>
    annotations.some((one) => one.class_name === class_name && boxIou(shapeXyxy(one.shape), xyxy) >= SAME_OVERLAP);
  return proposals.objects.filter(
    (object) => object.score >= threshold && !settled.has(object.index) && !isThere(object),
  );
}

/** The smallest one round a point; null where there is none. */
export function proposalAt(proposals: readonly ProposedObject[], x: number, y: number): ProposedObject | null {
  const around = proposals.filter(({ xyxy: [x0, y0, x1, y1] }) => x >= x0 && x <= x1 && y >= y0 && y <= y1);
  return around.toSorted((a, b) => boxArea(a.xyxy) - boxArea(b.xyxy))[0] ?? null;
}

/** Its outlines where the model has told them, else its box. */
export function proposedShape({ xyxy, polygon }: ProposedObject): Shape {
  return polygon === null ? { kind: 'box', xyxy } : { kind: 'polygon', polygon };
}

export type Verdict = 'accept' | 'reject';

/** The one edit that decides about proposals: what is accepted becomes an object, and neither is proposed again. */
export function decided(
  verdict: Verdict,
  { run_id, made_at_ms, settled: before }: Proposals,
  objects: readonly ProposedObject[],
): { readonly name: string; readonly changes: readonly Change[] } {
  const after = [...before, ...objects.map(({ index }) => index)].sort((a, b) => a - b);
  const adds = objects.map((object): Change => {
    return {
      type: 'add',
      annotation: { class_name: object.class_name, shape: proposedShape(object), ...NO_FLAGS, source: 'model' },
    };
  });
  const what = objects.length === 1 ? 'a proposal' : `${objects.length} proposals`;
  return {
    name: `${verdict} ${what} of ${run_id}`,
    changes: [...(verdict === 'accept' ? adds : []), { type: 'settle', run_id, made_at_ms, before, after }],
  };
}
