/** Reference evaluation of what only moves elements, and the index arithmetic behind broadcasting. */

import type { PrimAttrs } from '../core/primitives.ts';
import { type Shape, sizeOf, stridesOf } from '../core/shape.ts';
import type { NdArray } from './nd-array.ts';

/** Flat index into an operand of shape `own` for each element of a broadcast result. */
export function broadcastIndex(own: Shape, result: Shape): Int32Array {
  const strides = stridesOf(own);
  const steps = result.map((_, axis) => {
    const at = axis - result.length + own.length;
    return at < 0 || own[at] === 1 ? 0 : strides[at]!;
  });
  return walk(result, steps, 0);
}

/** Flat offsets visited when each axis of `shape` advances by its step. */
export function walk(shape: Shape, steps: readonly number[], start: number): Int32Array {
  const offsets = new Int32Array(sizeOf(shape));
  const counter = new Array<number>(shape.length).fill(0);
  let offset = start;
  for (let i = 0; i < offsets.length; i++) {
    offsets[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += steps[axis]!;
      counter[axis]!++;
      if (counter[axis]! < shape[axis]!) break;
      offset -= steps[axis]! * shape[axis]!;
      counter[axis] = 0;
    }
  }
  return offsets;
}

export const gather = (x: NdArray, shape: Shape, offsets: Int32Array): NdArray => ({
  shape,
  data: Float64Array.from(offsets, (offset) => x.data[offset]!),
});

export function pad([x]: readonly NdArray[], { before, after }: PrimAttrs['Pad']): NdArray[] {
  const shape = x!.shape.map((side, axis) => side + before[axis]! + after[axis]!);
  const strides = stridesOf(shape);
  const start = before.reduce((sum, count, axis) => sum + count * strides[axis]!, 0);
  const data = new Float64Array(sizeOf(shape));
  walk(x!.shape, strides, start).forEach((target, i) => {
    data[target] = x!.data[i]!;
  });
  return [{ shape, data }];
}

export function slice([x]: readonly NdArray[], { starts, ends, steps }: PrimAttrs['Slice']): NdArray[] {
  const strides = stridesOf(x!.shape);
  const shape = x!.shape.map((side, axis) => {
    const end = steps[axis]! > 0 ? Math.min(ends[axis]!, side) : Math.max(ends[axis]!, -1);
    return Math.ceil((end - starts[axis]!) / steps[axis]!);
  });
  const start = starts.reduce((sum, first, axis) => sum + first * strides[axis]!, 0);
  const jumps = strides.map((stride, axis) => stride * steps[axis]!);
  return [gather(x!, shape, walk(shape, jumps, start))];
}

export function concat(inputs: readonly NdArray[], { axis }: PrimAttrs['Concat']): NdArray[] {
  const total = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
  const shape = inputs[0]!.shape.with(axis, total);
  const strides = stridesOf(shape);
  const data = new Float64Array(sizeOf(shape));
  let offset = 0;
  for (const x of inputs) {
    walk(x.shape, strides, offset * strides[axis]!).forEach((target, i) => {
      data[target] = x.data[i]!;
    });
    offset += x.shape[axis]!;
  }
  return [{ shape, data }];
}

export function transpose([x]: readonly NdArray[], { perm }: PrimAttrs['Transpose']): NdArray[] {
  const strides = stridesOf(x!.shape);
  const shape = perm.map((axis) => x!.shape[axis]!);
  const steps = perm.map((axis) => strides[axis]!);
  return [gather(x!, shape, walk(shape, steps, 0))];
}

export function split([x]: readonly NdArray[], { axis, sizes }: PrimAttrs['Split']): NdArray[] {
  const steps = x!.shape.map(() => 1);
  let offset = 0;
  return sizes.map((size) => {
    const starts = x!.shape.map(() => 0).with(axis, offset);
    offset += size;
    return slice([x!], { starts, ends: x!.shape.with(axis, offset), steps })[0]!;
  });
}
