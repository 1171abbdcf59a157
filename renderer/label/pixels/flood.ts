/** What hangs together with a pixel: by colour in a picture, by its zeros in a bitmap. */

import type { Size } from '../../../native-models/geometry/box.ts';
import type { Raster } from './raster.ts';

/**
 * Pixels joined side to side with the one at x, y whose red, green and blue each differ from its by at most `tolerance`.
 * Shapes: [height, width] of ones and zeros. Units: levels of 0 to 255.
 */
export function floodByColour({ width, height, rgba }: Raster, x: number, y: number, tolerance: number): Uint8Array {
  const seed = 4 * (y * width + x);
  const [r, g, b] = [rgba[seed]!, rgba[seed + 1]!, rgba[seed + 2]!];
  const isAlike = (at: number) =>
    Math.abs(rgba[4 * at]! - r) <= tolerance &&
    Math.abs(rgba[4 * at + 1]! - g) <= tolerance &&
    Math.abs(rgba[4 * at + 2]! - b) <= tolerance;
  return flood({ width, height }, y * width + x, isAlike);
}

/** Everything joined side to side with a pixel, row by row. `belongs` is asked of each pixel by its number. */
export function flood({ width, height }: Size, seed: number, belongs: (at: number) => boolean): Uint8Array {
  const found = new Uint8Array(width * height);
  if (!belongs(seed)) return found;
  const waiting = [seed];
  const isOpen = (at: number) => found[at] === 0 && belongs(at);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (found[at] === 1) continue;
    const row = at - (at % width);
    let [left, right] = [at, at];
    while (left > row && isOpen(left - 1)) left--;
    while (right < row + width - 1 && isOpen(right + 1)) right++;
    found.fill(1, left, right + 1);
    for (const beside of [-width, width]) {
      if (row + beside < 0 || row + beside >= width * height) continue;
      for (let i = left; i <= right; i++) {
        // one for each stretch of open pixels is enough
        if (isOpen(i + beside) && (i === left || !isOpen(i + beside - 1))) waiting.push(i + beside);
      }
    }
  }
  return found;
}
