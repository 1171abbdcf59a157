/** How a detector sees pictures: on which canvas, brought there how, and what is kept of what it finds. */

import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { tileGridOf, viewMergingOf } from '../../native-models/catalog/tiling.ts';
import type { DetectorCard } from '../../native-models/catalog.ts';
import { canvasFor, scaledSize } from '../../native-models/detection/canvas.ts';
import type { DetectionThresholds } from '../../native-models/detection/detector.ts';
import { pixelTilesOf, type TileGrid } from '../../native-models/detection/tiles.ts';
import type { Size } from '../../native-models/geometry/box.ts';
import type { EvaluationTransform, ObjectTransform } from '../images/objects/object-views.ts';
import { numberOf } from './plan.ts';
import type { Viewing } from './view-detections.ts';

export interface ObjectTransforms {
  readonly training: ObjectTransform;
  /** Nothing random. */
  readonly validation: EvaluationTransform;
}

/**
 * `pictures`: those the run was made of. Where they are scaled, the canvas has room for each of them and of their tiles.
 * Source: product specification, section 6.7.7.
 */
export function transformsOf(
  params: Hyperparameters,
  { views }: DetectorCard,
  pictures: readonly Size[],
): ObjectTransforms {
  const seed = numberOf(params, 'random_seed');
  const tiles = tileGridOf(params);
  switch (views) {
    case 'letterboxed': {
      const side = numberOf(params, 'img_size');
      const canvas = { width: side, height: side };
      return { training: { kind: 'mosaic', canvas, tiles, seed }, validation: { kind: 'letterbox', canvas, tiles } };
    }
    case 'scaled': {
      const [minSizePx, maxSizePx] = [numberOf(params, 'min_size'), numberOf(params, 'max_size')];
      const seen = pictures.flatMap((size) => viewSizes(size, tiles));
      const canvas = canvasFor(seen.map((size) => scaledSize(size, minSizePx, maxSizePx)));
      const sizes = { canvas, tiles, minSizePx, maxSizePx };
      return { training: { kind: 'random-part', seed, ...sizes }, validation: { kind: 'scaled', ...sizes } };
    }
    default:
      return views satisfies never;
  }
}

function viewSizes(size: Size, tiles: TileGrid | null): Size[] {
  const parts = tiles === null ? [] : pixelTilesOf(size, tiles);
  return [size, ...parts.map(([x0, y0, x1, y1]) => ({ width: x1 - x0, height: y1 - y0 }))];
}

/** Of a letterboxed picture. Source: product specification, section 18.4. */
export const MOST_DETECTIONS = 300;

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

/** How images are seen when nothing is random, and how what is found in an image and its tiles is found in the image. */
export function viewingOf(params: Hyperparameters, card: DetectorCard, transform: EvaluationTransform): Viewing {
  const merging = viewMergingOf(params, thresholdsOf(params, card).most);
  return { transform, merging, maskThreshold: maskThresholdOf(params) };
}

/** From which score on a pixel of a mask is the object; null for detectors that find boxes alone. */
export function maskThresholdOf(params: Hyperparameters): number | null {
  return params['mask_pixel_score_threshold'] === undefined ? null : numberOf(params, 'mask_pixel_score_threshold');
}
