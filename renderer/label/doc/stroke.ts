/**
 * A stroke of a round brush as a bitmap. A hard brush paints every pixel whose middle it touches. A soft one has its whole
 * strength out to a part of its radius and none at the rim; each time it passes a pixel it adds its strength there, and the
 * pixel is painted from one half on: once over paints the inner half of the rim, more often reaches further out.
 * Units: image pixels.
 */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import { type Mask, maskFromPart } from '../../../native-models/geometry/mask.ts';
import { distanceToSegment, type Point } from './hit.ts';

/** From this sum of strengths on a pixel is painted. */
const PAINTED_FROM = 0.5;

/** `way` has at least one point; a single one is a dab. `hardness01`: the part of the radius with the whole strength. */
export function strokeMask(way: readonly Point[], radius: number, hardness01: number, size: Size): Mask {
  const box = touchable(way, radius, [0, 0, size.width, size.height]);
  const part = hardness01 >= 1 ? strokePart(way, radius, box) : softPart(way, radius, hardness01, box);
  return maskFromPart(part, box, size);
}

/** What is painted in a part of the image. Units: `box` on whole pixels. Shapes: [y1-y0, x1-x0], row by row. */
function softPart(way: readonly Point[], radius: number, hardness01: number, box: Xyxy): Uint8Array {
  const [x0, y0, x1, y1] = box;
  const count = Math.max(0, x1 - x0) * Math.max(0, y1 - y0);
  const before = new Float32Array(count); // of passes that are over
  const pass = new Float32Array(count); // the most of the pass that goes on
  const last = new Int32Array(count).fill(-2); // the step that touched the pixel last
  const ends = way.length === 1 ? [way[0]!, way[0]!] : way;
  for (let step = 1; step < ends.length; step++) {
    const [from, to] = [ends[step - 1]!, ends[step]!];
    eachNear(from, to, radius, box, (at, distance) => {
      const strength = Math.min(1, (radius - distance) / Math.max(radius * (1 - hardness01), Number.MIN_VALUE));
      if (last[at] !== step - 1) {
        before[at]! += pass[at]!;
        pass[at] = 0;
      }
      pass[at] = Math.max(pass[at]!, strength);
      last[at] = step;
    });
  }
  return Uint8Array.from(before, (sum, at) => Number(sum + pass[at]! >= PAINTED_FROM));
}

/** What of the stroke lies in a part of the image. Units: `box` on whole pixels. Shapes: [y1-y0, x1-x0], row by row. */
export function strokePart(way: readonly Point[], radius: number, box: Xyxy): Uint8Array {
  const [x0, y0, x1, y1] = box;
  const part = new Uint8Array(Math.max(0, x1 - x0) * Math.max(0, y1 - y0));
  const ends = way.length === 1 ? [way[0]!, way[0]!] : way;
  for (let i = 1; i < ends.length; i++) {
    eachNear(ends[i - 1]!, ends[i]!, radius, box, (at) => {
      part[at] = 1;
    });
  }
  return part;
}

/** Visits the pixels of a part whose middles the brush touches on its way from one point to another. */
function eachNear(
  from: Point,
  to: Point,
  radius: number,
  box: Xyxy,
  visit: (at: number, distance: number) => void,
): void {
  const [x0, y0, x1] = box;
  const [left, top, right, bottom] = touchable([from, to], radius, box);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const distance = distanceToSegment([x + 0.5, y + 0.5], from, to);
      if (distance <= radius) visit((y - y0) * (x1 - x0) + x - x0, distance);
    }
  }
}

/** Whole pixels that the brush can touch, inside a box of them. */
function touchable(way: readonly Point[], radius: number, [x0, y0, x1, y1]: Xyxy): Xyxy {
  const held = (value: number, low: number, high: number) => Math.min(Math.max(Math.round(value), low), high);
  const [xs, ys] = [way.map(([x]) => x), way.map(([, y]) => y)];
  return [
    held(Math.floor(Math.min(...xs) - radius), x0, x1),
    held(Math.floor(Math.min(...ys) - radius), y0, y1),
    held(Math.ceil(Math.max(...xs) + radius), x0, x1),
    held(Math.ceil(Math.max(...ys) + radius), y0, y1),
  ];
}
