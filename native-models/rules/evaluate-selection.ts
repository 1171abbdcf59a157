/** Reference evaluation of what chooses among numbers or boxes. */

import type { PrimAttrs } from '../core/primitives.ts';
import { sizeOf } from '../core/shape.ts';
import type { NdArray } from './nd-array.ts';

/** Places from the largest value to the smallest, equal ones in their order. */
const ranked = (values: Float64Array): number[] =>
  Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);

export function topK([x]: readonly NdArray[], { k }: PrimAttrs['TopK']): NdArray[] {
  const side = x!.shape.at(-1)!;
  const shape = x!.shape.with(-1, k);
  const places = new Float64Array(sizeOf(shape));
  const values = new Float64Array(places.length);
  for (let row = 0; row < places.length / k; row++) {
    const own = x!.data.subarray(row * side, (row + 1) * side);
    const best = ranked(own).slice(0, k);
    places.set(best, row * k);
    values.set(
      best.map((place) => own[place]!),
      row * k,
    );
  }
  return [
    { shape, data: values },
    { shape, data: places },
  ];
}

/** Source: Girshick et al. 2013, https://arxiv.org/abs/1311.2524, section 2.2: greedy, from the best score down. */
export function nonMaxSuppression(
  [boxes, scores]: readonly NdArray[],
  { iouThreshold, scoreThreshold }: PrimAttrs['NonMaxSuppression'],
): NdArray[] {
  const [images, classes, count] = scores!.shape as [number, number, number];
  const data = new Float64Array(scores!.data.length);
  for (let row = 0; row < images * classes; row++) {
    const own = scores!.data.subarray(row * count, (row + 1) * count);
    const firstBox = Math.floor(row / classes) * count;
    const kept: number[] = [];
    for (const place of ranked(own)) {
      if (!(own[place]! > scoreThreshold)) break;
      if (kept.some((other) => overlap(boxes!.data, firstBox + place, firstBox + other) > iouThreshold)) continue;
      kept.push(place);
      data[row * count + place] = 1;
    }
  }
  return [{ shape: scores!.shape, data }];
}

/** Intersection over union of two boxes of a table, 0 where one of them has no area. */
function overlap(table: Float64Array, i: number, j: number): number {
  const [p, q] = [table.subarray(4 * i, 4 * i + 4), table.subarray(4 * j, 4 * j + 4)];
  const area = (box: Float64Array) => (box[2]! - box[0]!) * (box[3]! - box[1]!);
  const across = Math.min(p[2]!, q[2]!) - Math.max(p[0]!, q[0]!);
  const down = Math.min(p[3]!, q[3]!) - Math.max(p[1]!, q[1]!);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / (area(p) + area(q) - across * down);
}
