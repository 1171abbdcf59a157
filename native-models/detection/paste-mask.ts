import type { Size, Xyxy } from '../geometry/box.ts';

/**
 * A mask of a box laid over its image: bilinear, with a border of nothing round it, so that edges fade.
 * Shapes: mask [M,M], row-major, box in image pixels -> [height,width], row-major, in [0,1].
 * Source: torchvision's `paste_masks_in_image`: the border is one pixel of the mask, and corners are cut to whole pixels.
 */
export function pastedMask(mask: ArrayLike<number>, box: Xyxy, { width, height }: Size): Float32Array {
  const side = Math.round(Math.sqrt(mask.length));
  const across = placesAlong(box[0], box[2], side, width);
  const down = placesAlong(box[1], box[3], side, height);
  const image = new Float32Array(width * height);
  const at = (row: number, column: number) =>
    row < 0 || column < 0 || row >= side || column >= side ? 0 : mask[row * side + column]!;
  for (const y of down)
    for (const x of across) {
      const upper = at(y.low, x.low) * (1 - x.share) + at(y.low, x.high) * x.share;
      const lower = at(y.high, x.low) * (1 - x.share) + at(y.high, x.high) * x.share;
      image[y.pixel * width + x.pixel] = upper * (1 - y.share) + lower * y.share;
    }
  return image;
}

/** A pixel of the image and the two places of the mask it lies between, -1 and `side` being the border. */
interface Place {
  readonly pixel: number;
  readonly low: number;
  readonly high: number;
  readonly share: number;
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
