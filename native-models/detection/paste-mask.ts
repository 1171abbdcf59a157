/**
 * Masks of boxes laid over their images: bilinear, with a border of nothing round each, so that edges fade.
 * Source: torchvision's `paste_masks_in_image`: the border is one pixel of the mask, and corners are cut to whole pixels.
 */

import { type Between, bilinear } from '../geometry/bilinear.ts';
import type { Size, Xyxy } from '../geometry/box.ts';
import { type Mask, maskFromPart } from '../geometry/mask.ts';

/** What of an image a mask reaches. */
export interface PastedPart {
  /** On whole pixels, inside the image. */
  readonly xyxy: Xyxy;
  /** How much each pixel is the object, in [0,1]. Shapes: [y1-y0, x1-x0], row by row. */
  readonly values: Float32Array;
}

/** Shapes: mask [M,M], row by row. Units: box in image pixels. */
export function pastedPart(mask: ArrayLike<number>, box: Xyxy, { width, height }: Size): PastedPart {
  const side = Math.round(Math.sqrt(mask.length));
  const across = placesAlong(box[0], box[2], side, width);
  const down = placesAlong(box[1], box[3], side, height);
  const at = (row: number, column: number) =>
    row < 0 || column < 0 || row >= side || column >= side ? 0 : mask[row * side + column]!;
  const values = new Float32Array(across.length * down.length);
  let next = 0;
  for (const y of down) for (const x of across) values[next++] = bilinear(at, y, x);
  const [x0, y0] = [across[0]?.pixel ?? 0, down[0]?.pixel ?? 0];
  return { xyxy: [x0, y0, x0 + across.length, y0 + down.length], values };
}

/** The pixels of an image that are more than `threshold` the object's. */
export function pastedMask(mask: ArrayLike<number>, box: Xyxy, size: Size, threshold: number): Mask {
  const { xyxy, values } = pastedPart(mask, box, size);
  return maskFromPart(
    values.map((value) => Number(value > threshold)),
    xyxy,
    size,
  );
}

/** A pixel of the image and the two places of the mask it lies between, -1 and `side` being the border. */
interface Place extends Between {
  readonly pixel: number;
}

function placesAlong(start: number, end: number, side: number, limit: number): Place[] {
  const bordered = side + 2;
  const half = ((end - start) / 2) * (bordered / side);
  const middle = (start + end) / 2;
  const [first, last] = [Math.trunc(middle - half), Math.trunc(middle + half)];
  const count = Math.max(last - first + 1, 1);
  const places: Place[] = [];
  for (let pixel = Math.max(first, 0); pixel < Math.min(first + count, limit); pixel++) {
    const position = Math.max(0, ((pixel - first + 0.5) * bordered) / count - 0.5);
    const low = Math.min(Math.floor(position), bordered - 1);
    places.push({ pixel, low: low - 1, high: Math.min(low + 1, bordered - 1) - 1, share: position - low });
  }
  return places;
}
