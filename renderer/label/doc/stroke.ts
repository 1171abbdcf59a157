/** A stroke of a round brush as a bitmap: every pixel whose middle the brush has touched. Units: image pixels. */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import { type Mask, maskFromPart } from '../../../native-models/geometry/mask.ts';
import { distanceToSegment, type Point } from './hit.ts';

/** `way` has at least one point; a single one is a dab. */
export function strokeMask(way: readonly Point[], radius: number, size: Size): Mask {
  const box = around(way, radius, [0, 0, size.width, size.height]);
  return maskFromPart(strokePart(way, radius, box), box, size);
}

/** What of the stroke lies in a part of the image. Units: `box` on whole pixels. Shapes: [y1-y0, x1-x0], row by row. */
export function strokePart(way: readonly Point[], radius: number, box: Xyxy): Uint8Array {
  const [x0, y0, x1, y1] = box;
  const part = new Uint8Array(Math.max(0, x1 - x0) * Math.max(0, y1 - y0));
  const ends = way.length === 1 ? [way[0]!, way[0]!] : way;
  for (let i = 1; i < ends.length; i++) touch(part, box, ends[i - 1]!, ends[i]!, radius);
  return part;
}

function touch(part: Uint8Array, box: Xyxy, from: Point, to: Point, radius: number): void {
  const [x0, y0, x1] = box;
  const [left, top, right, bottom] = around([from, to], radius, box);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      if (distanceToSegment([x + 0.5, y + 0.5], from, to) <= radius) part[(y - y0) * (x1 - x0) + x - x0] = 1;
    }
  }
}

/** Whole pixels that the brush can touch, inside a box of them. */
function around(way: readonly Point[], radius: number, [x0, y0, x1, y1]: Xyxy): Xyxy {
  const held = (value: number, low: number, high: number) => Math.min(Math.max(Math.round(value), low), high);
  const [xs, ys] = [way.map(([x]) => x), way.map(([, y]) => y)];
  return [
    held(Math.floor(Math.min(...xs) - radius), x0, x1),
    held(Math.floor(Math.min(...ys) - radius), y0, y1),
    held(Math.ceil(Math.max(...xs) + radius), x0, x1),
    held(Math.ceil(Math.max(...ys) + radius), y0, y1),
  ];
}
