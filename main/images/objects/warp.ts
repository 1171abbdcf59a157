/** A picture drawn through an affine map, bilinear between its pixels. */

import type { Size } from '../../../native-models/geometry/box.ts';
import type { Pixels } from '../pixels.ts';
import { type Affine, inverted, movedBox } from './objects.ts';

/**
 * Draws the picture over what is there; its outermost pixels go on for the half pixel to its border.
 * Shapes: planes [3, height, width], pixels [h, w, 3].
 */
export function warpOn(planes: Uint8Array, { width, height }: Size, pixels: Pixels, map: Affine): void {
  const back = inverted(map);
  const { data, width: w, height: h } = pixels;
  const [left, top, right, bottom] = movedBox(map, [0, 0, w, h]);
  const fromX = Math.max(0, Math.floor(left));
  const toX = Math.min(width, Math.ceil(right));
  const toY = Math.min(height, Math.ceil(bottom));
  const plane = width * height;
  for (let y = Math.max(0, Math.floor(top)); y < toY; y++) {
    // Pixels are known at their middles.
    let sx = back.xx * (fromX + 0.5) + back.xy * (y + 0.5) + back.x0;
    let sy = back.yx * (fromX + 0.5) + back.yy * (y + 0.5) + back.y0;
    for (let at = y * width + fromX; at < y * width + toX; at++, sx += back.xx, sy += back.yx) {
      if (sx < 0 || sx >= w || sy < 0 || sy >= h) continue;
      const px = Math.min(Math.max(sx - 0.5, 0), w - 1);
      const py = Math.min(Math.max(sy - 0.5, 0), h - 1);
      const column = Math.floor(px);
      const row = Math.floor(py);
      const from = 3 * (row * w + column);
      const next = column < w - 1 ? 3 : 0;
      const below = row < h - 1 ? 3 * w : 0;
      const across = px - column;
      const down = py - row;
      for (let channel = 0; channel < 3; channel++) {
        const i = from + channel;
        const upper = data[i]! + across * (data[i + next]! - data[i]!);
        const lower = data[i + below]! + across * (data[i + below + next]! - data[i + below]!);
        planes[at + channel * plane] = upper + down * (lower - upper) + 0.5;
      }
    }
  }
}
