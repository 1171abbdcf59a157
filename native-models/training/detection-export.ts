/** Detectors as they are exported. */

import type { Program } from '../core/program.ts';
import type { Tensor } from '../core/tensor.ts';
import { canvasOf, type DetectionThresholds, type Detector } from '../detection/detector.ts';
import { pastedMasks } from '../detection/pasted-masks.ts';
import type { Size } from '../geometry/box.ts';
import { prune } from '../passes/prune.ts';
import { verify } from '../passes/verify.ts';
import { bind } from './bind.ts';

/** Which output is second and which third. Source: product specification, section 18.1. */
export type OutputOrder = 'labels-scores' | 'scores-labels';

export interface DetectorExport {
  readonly program: Program;
  /** Outputs that have a row for each thing found; null where boxes are left to the user. */
  readonly counted: { readonly count: string; readonly rows: readonly string[] } | null;
}

/**
 * One picture that fills the canvas, already normalised, in; what the specification's clients read, out.
 * Inputs: `input` float32 [1,3,H,W]. Outputs: of a detector that leaves boxes to its user `output` [1,candidates,5+classes]
 * (centre, width, height in pixels, probabilities of an object and of each class); else `boxes_0` xyxy [D,4] in pixels,
 * `scores_0` [D], falling, and `labels_0` [D], of which the first `counts` [1] were found; of a detector of masks besides
 * `masks_0` [D,1,H,W]: how much each pixel is the object, in [0,1].
 * Source: product specification, section 18.1.
 */
export function exportDetectorProgram(
  model: Detector,
  { width, height }: Size,
  thresholds: DetectionThresholds,
  order: OutputOrder,
): DetectorExport {
  const { graph } = bind(model, { training: false });
  const images = graph.input('input', 'float32', [1, 3, height, width]);
  const batch = { images, sizes: graph.constant([width, height], [1, 2]) };
  const output = model.raw(batch).get('output');
  const outputs = output === undefined ? found(model, batch, thresholds, order) : new Map([['output', output]]);
  const program = prune(outputs);
  verify(program);
  const rows = [...outputs.keys()].filter((name) => name !== COUNTS);
  return { program, counted: output === undefined ? { count: COUNTS, rows } : null };
}

const COUNTS = 'counts';

function found(
  model: Detector,
  batch: Parameters<Detector['detections']>[0],
  thresholds: DetectionThresholds,
  order: OutputOrder,
): Map<string, Tensor> {
  const { boxes, scores, labels, counts, masks } = model.detections(batch, thresholds);
  const most = scores.shape[1]!;
  const named = {
    boxes_0: boxes.reshape([most, 4]),
    scores_0: scores.reshape([most]),
    labels_0: labels.reshape([most]),
  };
  const names = order === 'scores-labels' ? (['scores_0', 'labels_0'] as const) : (['labels_0', 'scores_0'] as const);
  const pasted = masks && pastedMasks(masks.reshape([most, ...masks.shape.slice(2)]), named.boxes_0, canvasOf(batch));
  return new Map([
    ['boxes_0', named.boxes_0],
    ...names.map((name) => [name, named[name]] as const),
    ...(pasted ? [['masks_0', pasted] as const] : []),
    [COUNTS, counts],
  ]);
}
