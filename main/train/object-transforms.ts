/** How a detector sees pictures: on which canvas, brought there how, and what is kept of what it finds. */

import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import type { DetectorCard } from '../../native-models/catalog.ts';
import { canvasFor, scaledSize } from '../../native-models/detection/canvas.ts';
import type { DetectionThresholds } from '../../native-models/detection/detector.ts';
import type { Size } from '../../native-models/geometry/box.ts';
import type { EvaluationTransform, ObjectTransform } from '../images/objects/object-views.ts';
import { numberOf } from './plan.ts';

export interface ObjectTransforms {
  readonly training: ObjectTransform;
  /** Nothing random. */
  readonly validation: EvaluationTransform;
}

/**
 * `pictures`: those the run was made of. Where they are scaled, the canvas has room for each of them.
 * Source: product specification, section 6.7.7.
 */
export function transformsOf(
  params: Hyperparameters,
  { views }: DetectorCard,
  pictures: readonly Size[],
): ObjectTransforms {
  const seed = numberOf(params, 'random_seed');
  switch (views) {
    case 'letterboxed': {
      const side = numberOf(params, 'img_size');
      const canvas = { width: side, height: side };
      return { training: { kind: 'mosaic', canvas, seed }, validation: { kind: 'letterbox', canvas } };
    }
    case 'scaled': {
      const [minSizePx, maxSizePx] = [numberOf(params, 'min_size'), numberOf(params, 'max_size')];
      const canvas = canvasFor(pictures.map((size) => scaledSize(size, minSizePx, maxSizePx)));
      const sizes = { canvas, minSizePx, maxSizePx };
      return { training: { kind: 'random-part', seed, ...sizes }, validation: { kind: 'scaled', ...sizes } };
    }
    default:
      return views satisfies never;
  }
}

const MOST_DETECTIONS = 300; // of a picture. Source: product specification, section 18.4

export function thresholdsOf(params: Hyperparameters, { views }: DetectorCard): DetectionThresholds {
  const score = numberOf(params, 'box_score_thresh');
  switch (views) {
    case 'letterboxed':
      return { score, overlap: numberOf(params, 'box_iou_thresh'), most: MOST_DETECTIONS };
    case 'scaled':
      return { score, overlap: numberOf(params, 'box_nms_thresh'), most: numberOf(params, 'box_detections_per_img') };
    default:
      return views satisfies never;
  }
}
