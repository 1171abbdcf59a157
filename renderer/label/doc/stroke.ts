/** A stroke of a round brush as a bitmap: every pixel whose middle the brush has touched. Units: image pixels. */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import { type Mask, maskFromPart } from '../../../native-models/geometry/mask.ts';
import { distanceToSegment, type Point } from './hit.ts';

/** `way` has at least one point; a single one is a dab. */
export function strokeMask(way: readonly Point[], radius: number, size: Size): Mask {
  const box = around(way, radius, size);
  const [x0, y0, x1, y1] = box;
  const part = new Uint8Array(Math.max(0, x1 - x0) * Math.max(0, y1 - y0));
  const ends = way.length === 1 ? [way[0]!, way[0]!] : way;
  for (let i = 1; i < ends.length; i++) touch(part, box, ends[i - 1]!, ends[i]!, radius, size);
  return maskFromPart(part, box, size);
}

function touch(part: Uint8Array, [x0, y0, x1]: Xyxy, from: Point, to: Point, radius: number, size: Size): void {
  const [left, top, right, bottom] = around([from, to], radius, size);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      if (distanceToSegment([x + 0.5, y + 0.5], from, to) <= radius) part[(y - y0) * (x1 - x0) + x - x0] = 1;
    }
  }
}

/** Whole pixels that the brush can touch, inside the image. */
function around(way: readonly Point[], radius: number, { width, height }: Size): Xyxy {
  const held = (value: number, side: number) => Math.min(Math.max(Math.round(value), 0), side);
  const [xs, ys] = [way.map(([x]) => x), way.map(([, y]) => y)];
  return [
    held(Math.floor(Math.min(...xs) - radius), width),
    held(Math.floor(Math.min(...ys) - radius), height),
    held(Math.ceil(Math.max(...xs) + radius), width),
    held(Math.ceil(Math.max(...ys) + radius), height),
  ];
}
