/** Hyperparameters of tiling, and the spellings of a grid. Source: product specification, sections 4.2, 6.3 and 14. */

import type { ViewMerging } from '../detection/merge-views.ts';
import { type TileGrid, viewsWith } from '../detection/tiles.ts';
import { flag, fraction, type Hyperparameter, type Hyperparameters, row } from './hyperparameters.ts';
import { readGrid } from './tile-grid.ts';

/** Tiles along a side, at most: every image is looked at once more for each of them. */
const MOST_TILES = 32;

/** For detectors alone: masks are never cut into tiles. */
export const TILING: readonly Hyperparameter[] = [
  row(
    'tile_grid_size',
    { kind: 'grid', most: MOST_TILES },
    null,
    'tiles along width and height: images are seen whole and in tiles, for small objects; without it whole only',
  ),
  row('tile_overlap_ratio', fraction, 0.25, 'share of a tile that its neighbour shows as well; below 1'),
  row(
    'tile_predictions_nms_thresh',
    fraction,
    0.25,
    'of detections of an image and its tiles that overlap by more, the best is kept',
  ),
  row(
    'tile_predictions_nms_per_class',
    flag,
    1,
    'whether only detections of one class drop each other there; 0: of any two classes',
  ),
];

/** Null where images are seen whole only. */
export function tileGridOf(params: Hyperparameters): TileGrid | null {
  const grid = readGrid(params['tile_grid_size']);
  return grid === null ? null : { ...grid, overlap01: Number(params['tile_overlap_ratio']) };
}

/** How often every image is looked at: once, or once more for each of its tiles. */
export const viewsOf = (params: Hyperparameters): number => viewsWith(tileGridOf(params));

/** `most`: detections of an image at most. */
export function viewMergingOf(params: Hyperparameters, most: number): ViewMerging {
  return {
    overlap: Number(params['tile_predictions_nms_thresh']),
    isPerClass: params['tile_predictions_nms_per_class'] === 1,
    most,
  };
}
