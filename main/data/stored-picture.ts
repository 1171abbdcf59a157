/**
 * A picture as its file holds it, and upright, as EXIF says to turn it. Some tools draw on the one, some on the other.
 * Source: Exif 2.32, tag 0x0112: what 1 to 8 mean.
 */

import type { Size } from '../../native-models/geometry/box.ts';
import { bitmapFromMask, type Mask, maskFromBitmap } from '../../native-models/geometry/mask.ts';

/** EXIF orientation; 1 is upright, 5 to 8 change sides. */
export type Turn = number;

const changesSides = (turn: Turn): boolean => turn >= 5;

/** The size in the file of a picture whose upright size is known. */
export function storedSize({ width, height }: Size, turn: Turn): Size {
  return changesSides(turn) ? { width: height, height: width } : { width, height };
}

/** Where a point of the stored picture, of size `stored`, lies in the upright one. */
export function turnedPoint(x: number, y: number, { width, height }: Size, turn: Turn): [x: number, y: number] {
  switch (turn) {
    case 2:
      return [width - x, y];
    case 3:
      return [width - x, height - y];
    case 4:
      return [x, height - y];
    case 5:
      return [y, x];
    case 6:
      return [height - y, x];
    case 7:
      return [height - y, width - x];
    case 8:
      return [y, width - x];
    default:
      return [x, y];
  }
}

/** The mask of the upright picture. */
export function turnedMask(mask: Mask, turn: Turn): Mask {
  const stored: Size = { width: mask.width, height: mask.height };
  const upright = changesSides(turn) ? { width: stored.height, height: stored.width } : stored;
  const from = bitmapFromMask(mask);
  const to = new Uint8Array(from.length);
  for (let y = 0; y < stored.height; y++) {
    for (let x = 0; x < stored.width; x++) {
      const [cx, cy] = turnedPoint(x + 0.5, y + 0.5, stored, turn);
      to[Math.floor(cy) * upright.width + Math.floor(cx)] = from[y * stored.width + x]!;
    }
  }
  return maskFromBitmap(to, upright);
}
