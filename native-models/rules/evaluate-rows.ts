/** Reference evaluation of the primitives that work along the last axis, row by row. Float64. */

import { sizeOf } from '../core/shape.ts';
import type { NdArray } from './nd-array.ts';

/** Calls `visit` with each row of the last axis: its number and its first index. */
function eachRow({ shape }: NdArray, visit: (row: number, start: number, length: number) => void): void {
  const length = shape.at(-1)!;
  const rows = sizeOf(shape) / length;
  for (let row = 0; row < rows; row++) visit(row, row * length, length);
}

function meanOf(length: number, value: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += value(i);
  return sum / length;
}

/** Outputs: the standardized tensor, the inverse deviation of each row. */
export function standardize([x]: readonly NdArray[], { epsilon }: { readonly epsilon: number }): NdArray[] {
  const data = new Float64Array(x!.data.length);
  const inverses = new Float64Array(data.length / x!.shape.at(-1)!);
  eachRow(x!, (row, start, length) => {
    const mean = meanOf(length, (i) => x!.data[start + i]!);
    const variance = meanOf(length, (i) => (x!.data[start + i]! - mean) ** 2);
    inverses[row] = 1 / Math.sqrt(variance + epsilon);
    for (let i = start; i < start + length; i++) data[i] = (x!.data[i]! - mean) * inverses[row]!;
  });
  return [
    { shape: x!.shape, data },
    { shape: x!.shape.with(-1, 1), data: inverses },
  ];
}

/**
 * dx = inverse * (g - mean(g) - y * mean(g * y)), the means along the row.
 * Source: Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450, differentiated.
 */
export function standardizeGrad([g, y, inverse]: readonly NdArray[]): NdArray[] {
  const data = new Float64Array(g!.data.length);
  eachRow(g!, (row, start, length) => {
    const mean = meanOf(length, (i) => g!.data[start + i]!);
    const along = meanOf(length, (i) => g!.data[start + i]! * y!.data[start + i]!);
    for (let i = start; i < start + length; i++)
      data[i] = inverse!.data[row]! * (g!.data[i]! - mean - y!.data[i]! * along);
  });
  return [{ shape: g!.shape, data }];
}
