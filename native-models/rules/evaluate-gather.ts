/** Reference evaluation of what takes elements by their number. */

import { assert } from '../core/assert.ts';
import type { PrimAttrs } from '../core/primitives.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import type { NdArray } from './nd-array.ts';

/** Calls `visit` with flat indices (taken, from) for every element that a gather takes. */
function eachTaken(shape: Shape, axis: number, indices: NdArray, visit: (taken: number, from: number) => void): void {
  const outer = sizeOf(shape.slice(0, axis));
  const side = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  let taken = 0;
  for (let block = 0; block < outer; block++)
    for (const index of indices.data) {
      assert(index >= 0 && index < side, `gather: index ${index} is not within [0,${side})`);
      for (let i = 0; i < inner; i++) visit(taken++, (block * side + index) * inner + i);
    }
}

export function gather([x, indices]: readonly NdArray[], { axis }: PrimAttrs['Gather']): NdArray[] {
  const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)];
  const data = new Float64Array(sizeOf(shape));
  eachTaken(x!.shape, axis, indices!, (taken, from) => {
    data[taken] = x!.data[from]!;
  });
  return [{ shape, data }];
}

export function gatherGrad([g, indices]: readonly NdArray[], attrs: PrimAttrs['GatherGrad']): NdArray[] {
  const data = new Float64Array(sizeOf(attrs.inputShape));
  eachTaken(attrs.inputShape, attrs.axis, indices!, (taken, from) => {
    data[from]! += g!.data[taken]!;
  });
  return [{ shape: attrs.inputShape, data }];
}

export function upsample([x]: readonly NdArray[], { factors: [down, across] }: PrimAttrs['Upsample']): NdArray[] {
  const [n, c, h, w] = x!.shape as [number, number, number, number];
  const [tall, wide] = [h * down, w * across];
  const data = Float64Array.from({ length: n * c * tall * wide }, (_, i) => {
    const [plane, row, column] = [Math.floor(i / (tall * wide)), Math.floor(i / wide) % tall, i % wide];
    return x!.data[(plane * h + Math.floor(row / down)) * w + Math.floor(column / across)]!;
  });
  return [{ shape: [n, c, tall, wide], data }];
}
