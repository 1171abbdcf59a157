/** Answers with a row for each thing, of which none is another's double: finished detections, and what queries have found. */

import { boxArea, toFractions, type Xyxy, xyxyFromCxcywh } from '../../../native-models/geometry/box.ts';
import { FINISHED_NUMBERS, type OutputMapping } from '../../../preload/contract/imported-models.ts';
import { probabilitiesOf } from '../probabilities.ts';
import type { ScoredObject } from '../protocol.ts';
import type { Feeds } from '../runtime.ts';
import { bestFirst, boxReader, floats, MOST_OBJECTS, misfit, type Shown } from './answer-parts.ts';

type Of<K extends OutputMapping['kind']> = Extract<OutputMapping, { kind: K }>;

/** Best first. Errors: model-invalid. */
export function readFinished(results: Feeds, output: Of<'finished'>, classCount: number, shown: Shown): ScoredObject[] {
  const values = floats(results, output.output);
  if (values.dims.at(-1) !== FINISHED_NUMBERS) {
    throw misfit(output.output, values, 'rows of 6 numbers: left, top, right, bottom, score, class');
  }
  const row = (i: number) => values.data.subarray(FINISHED_NUMBERS * i, FINISHED_NUMBERS * (i + 1));
  const count = values.data.length / FINISHED_NUMBERS;
  const scores = Float32Array.from({ length: count }, (_, i) => row(i)[4]!);
  const toBox = boxReader(output.units, shown);
  return found(scores, shown, (i) => {
    const [left, top, right, bottom, , label] = row(i);
    const isClass = Number.isInteger(label) && label! >= 0 && label! < classCount;
    return isClass ? { label: label!, box: toBox([left!, top!, right!, bottom!]) } : null;
  });
}

/**
 * Best first.
 * Errors: model-invalid.
 * Source: Carion et al. 2020, "End-to-End Object Detection with Transformers", section 3; Zhu et al. 2021, "Deformable DETR",
 * for classes that each have a probability of their own.
 */
export function readQueries(results: Feeds, output: Of<'queries'>, classCount: number, shown: Shown): ScoredObject[] {
  const boxes = floats(results, output.boxes);
  const logits = floats(results, output.logits);
  const numbers = classCount + (output.activation === 'softmax' ? 1 : 0);
  const count = logits.data.length / numbers;
  if (logits.dims.at(-1) !== numbers) throw misfit(output.logits, logits, `rows of ${numbers} numbers for the classes`);
  if (boxes.data.length !== 4 * count) throw misfit(output.boxes, boxes, `4 numbers for each of ${count} rows`);
  const labels = new Int32Array(count);
  const scores = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const own = logits.data.subarray(numbers * i, numbers * (i + 1));
    for (let k = 1; k < classCount; k++) if (own[k]! > own[labels[i]!]!) labels[i] = k;
    scores[i] = probabilitiesOf(own, output.activation)[labels[i]!]!;
  }
  const toBox = boxReader('fractions', shown);
  return found(scores, shown, (i) => {
    const [cx, cy, width, height] = boxes.data.subarray(4 * i, 4 * i + 4);
    return { label: labels[i]!, box: toBox(xyxyFromCxcywh([cx!, cy!, width!, height!])) };
  });
}

function found(
  scores: Float32Array,
  { size }: Shown,
  read: (i: number) => { readonly label: number; readonly box: Xyxy } | null,
): ScoredObject[] {
  return bestFirst(scores)
    .slice(0, MOST_OBJECTS)
    .flatMap((i) => {
      const one = read(i);
      if (one === null || !(boxArea(one.box) > 0)) return [];
      const { label, box } = one;
      return [{ label, score: Math.min(1, scores[i]!), fractions: toFractions(box, size), mask: null }];
    });
}
