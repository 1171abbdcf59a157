/** Pictures as a detector looks at them: the whole, then its tiles, each a view of its own. */

import { pixelTilesOf, type TileGrid } from '../../../native-models/detection/tiles.ts';
import type { Size } from '../../../native-models/geometry/box.ts';
import type { PixelBox, Pixels } from '../pixels.ts';
import { type KeptObjects, movedObjects, type PictureWithObjects, shift } from './objects.ts';

/**
 * An object of which less lies on a tile is no object of the tile. Two boxes of which one is a third of the other overlap
 * by a third, which is more than `tile_predictions_nms_thresh` asks for by default: what is found of a cut object gives way
 * to the whole one.
 */
export const TILE_KEPT_SHARE = 0.3;
const KEPT_ON_TILE: KeptObjects = { leastShare: TILE_KEPT_SHARE, leastSidePx: 1 };

/** What view `part` shows of a picture of some size: all of it, from 1 on a tile. */
export function partOf(size: Size, tiles: TileGrid | null, part: number): PixelBox {
  if (tiles === null || part === 0) return { x: 0, y: 0, w: size.width, h: size.height };
  const [x0, y0, x1, y1] = pixelTilesOf(size, tiles)[part - 1]!;
  return { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
}

/** A part of a picture as a picture of its own, with the objects on it. */
export function cutOut({ pixels, objects }: PictureWithObjects, box: PixelBox): PictureWithObjects {
  if (box.w === pixels.width && box.h === pixels.height) return { pixels, objects };
  const size = { width: box.w, height: box.h };
  return {
    pixels: { ...size, data: rowsOf(pixels, box) },
    objects: movedObjects(objects, shift(-box.x, -box.y), size, KEPT_ON_TILE),
  };
}

function rowsOf({ width, data }: Pixels, { x, y, w, h }: PixelBox): Uint8Array {
  const rows = new Uint8Array(3 * w * h);
  for (let row = 0; row < h; row++) {
    const from = 3 * ((y + row) * width + x);
    rows.set(data.subarray(from, from + 3 * w), 3 * row * w);
  }
  return rows;
}
