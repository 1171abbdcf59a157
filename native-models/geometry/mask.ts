/**
 * Bitmaps as run lengths, column by column, beginning with the zeros: COCO's RLE.
 * Source: https://github.com/cocodataset/cocoapi, common/maskApi.c; every function gives the numbers of its namesake there.
 */

import type { Size, Xyxy } from './box.ts';

export interface Mask extends Size {
  /** Lengths of runs that take turns, zeros first; the first may be 0, the sum is width x height. */
  readonly counts: readonly number[];
}

/** Run lengths of a bitmap whose ones are the non-zero values. Shapes: bitmap [height, width], row by row. */
export function maskFromBitmap(bitmap: ArrayLike<number>, { width, height }: Size): Mask {
  const counts: number[] = [];
  let isSet = false;
  let length = 0;
  for (let x = 0; x < width; x++) {
    for (let at = x; at < width * height; at += width) {
      if ((bitmap[at] !== 0) !== isSet) {
        counts.push(length);
        isSet = !isSet;
        length = 0;
      }
      length++;
    }
  }
  return { width, height, counts: [...counts, length] };
}

/**
 * Run lengths of an image whose ones all lie in one part of it. Shapes: part [y1-y0, x1-x0], row by row.
 * Units: `xyxy` on whole pixels, inside the image.
 */
export function maskFromPart(part: ArrayLike<number>, [x0, y0, x1, y1]: Xyxy, { width, height }: Size): Mask {
  const counts: number[] = [];
  let isSet = false;
  let from = 0; // where the present run began, column by column
  const turn = (at: number) => {
    counts.push(at - from);
    from = at;
    isSet = !isSet;
  };
  for (let x = x0; x < x1; x++) {
    for (let y = y0; y < y1; y++) {
      const value = part[(y - y0) * (x1 - x0) + x - x0] !== 0;
      if (value !== isSet) turn(x * height + y);
    }
    if (isSet && (y1 < height || y0 > 0 || x + 1 === x1)) turn(x * height + y1);
  }
  const rest = width * height - from;
  return { width, height, counts: rest > 0 || counts.length === 0 ? [...counts, rest] : counts };
}

/** Ones and zeros of a mask. Shapes: [height, width], row by row. */
export function bitmapFromMask({ width, height, counts }: Mask): Uint8Array {
  const bitmap = new Uint8Array(width * height);
  let from = 0;
  counts.forEach((count, i) => {
    if (i % 2 === 1) {
      for (let at = from; at < from + count; at++) bitmap[(at % height) * width + Math.floor(at / height)] = 1;
    }
    from += count;
  });
  return bitmap;
}

/** The smallest box round the ones, and what lies in it. Shapes: bitmap [y1-y0, x1-x0], row by row. */
export function maskPart(mask: Mask): { readonly xyxy: Xyxy; readonly bitmap: Uint8Array } {
  const xyxy = maskXyxy(mask);
  const [x0, y0, x1, y1] = xyxy;
  const bitmap = new Uint8Array((x1 - x0) * (y1 - y0));
  let from = 0;
  mask.counts.forEach((count, i) => {
    for (let at = from; i % 2 === 1 && at < from + count; at++) {
      bitmap[((at % mask.height) - y0) * (x1 - x0) + Math.floor(at / mask.height) - x0] = 1;
    }
    from += count;
  });
  return { xyxy, bitmap };
}

/** Number of ones. Units: pixels. */
export function maskArea({ counts }: Mask): number {
  return counts.reduce((sum, count, i) => (i % 2 === 1 ? sum + count : sum), 0);
}

/** The smallest box round the ones; all zeros for an empty mask. */
export function maskXyxy({ width, height, counts }: Mask): Xyxy {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  let from = 0;
  counts.forEach((count, i) => {
    if (i % 2 === 1 && count > 0) {
      const last = from + count - 1;
      const [left, right] = [Math.floor(from / height), Math.floor(last / height)];
      const isOneColumn = left === right;
      x0 = Math.min(x0, left);
      x1 = Math.max(x1, right + 1);
      y0 = Math.min(y0, isOneColumn ? from % height : 0);
      y1 = Math.max(y1, isOneColumn ? (last % height) + 1 : height);
    }
    from += count;
  });
  return x1 === 0 ? [0, 0, 0, 0] : [x0, y0, x1, y1];
}

/** Number of pixels in both of two masks of one size. */
export function sharedPixels({ counts: first }: Mask, { counts: second }: Mask): number {
  let [i, j, shared] = [0, 0, 0];
  let [left, right] = [first[0] ?? 0, second[0] ?? 0];
  while (i < first.length && j < second.length) {
    const step = Math.min(left, right);
    if (i % 2 === 1 && j % 2 === 1) shared += step;
    left -= step;
    right -= step;
    if (left === 0) left = first[++i] ?? 0;
    if (right === 0) right = second[++j] ?? 0;
  }
  return shared;
}

/** Pixels that are in any of the masks, which are of one size. */
export function uniteMasks(masks: readonly [Mask, ...Mask[]]): Mask {
  return masks.reduce((union, mask) => combineMasks(union, mask, (a, b) => a || b));
}

/**
 * The mask of a decision per pixel, taken run by run: `(a, b) => a && !b` subtracts.
 * Errors: RangeError when the sizes differ. `decide(false, false)` must be false.
 */
export function combineMasks(first: Mask, second: Mask, decide: (a: boolean, b: boolean) => boolean): Mask {
  const { width, height } = first;
  if (second.width !== width || second.height !== height) {
    throw new RangeError(`masks of ${width}x${height} and ${second.width}x${second.height} have no common pixels`);
  }
  const counts: number[] = [];
  const [a, b] = [new Runs(first.counts), new Runs(second.counts)];
  let isSet = false;
  let length = 0;
  while (a.isLeft && b.isLeft) {
    const step = Math.min(a.length, b.length);
    if (step > 0) {
      const value = decide(a.isSet, b.isSet);
      if (value !== isSet) {
        counts.push(length);
        isSet = value;
        length = 0;
      }
      length += step;
    }
    a.advance(step);
    b.advance(step);
  }
  return { width, height, counts: [...counts, length] };
}

/** A place in a list of runs. */
class Runs {
  private readonly counts: readonly number[];
  private index = 0;
  length: number;

  constructor(counts: readonly number[]) {
    this.counts = counts;
    this.length = counts[0] ?? 0;
  }

  get isLeft(): boolean {
    return this.index < this.counts.length;
  }

  get isSet(): boolean {
    return this.index % 2 === 1;
  }

  advance(step: number): void {
    this.length -= step;
    while (this.length === 0 && this.isLeft) {
      this.index += 1;
      this.length = this.counts[this.index] ?? 0;
    }
  }
}
