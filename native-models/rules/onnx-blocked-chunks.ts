/**
 * Rearranging whole chunks of a buffer: picked by number, which all threads do, where a transpose is done by one. A number
 * is a sum of terms; of many chunks a graph holds those, a few short vectors, and not a number for each.
 */

import { sizeOf, stridesOf } from '../core/shape.ts';
import type { Emitter } from './emitter.ts';
import { NCHWC, reshaped, reshapedLate } from './onnx-blocked-convert.ts';

/** What places along one axis of the result, or two that lie apart, add to the number of the chunk that is taken. */
export interface Term {
  readonly axes: readonly number[];
  readonly numbers: readonly number[];
}

/** 0, step, 2 * step, … along one axis. */
export const along = (axis: number, count: number, step: number): Term => ({
  axes: [axis],
  numbers: Array.from({ length: count }, (_, i) => i * step),
});

/** Shapes: any of chunks of `size` elements -> [...sides, size]; the terms span all sides between them. */
export function chunksPicked(
  emit: Emitter,
  name: string,
  size: number,
  sides: readonly number[],
  terms: readonly Term[],
): string {
  const count = sizeOf(sides);
  const places =
    count <= MOST_LISTED ? emit.ints(listed(sides, terms)) : reshaped(emit, summed(emit, sides, terms), [count]);
  const chunks = reshapedLate(emit, name, [-1, size]);
  return emit.one('Gather', [chunks, places], { axis: 0 });
}

const MOST_LISTED = 1024; // numbers that a graph holds one by one, which takes no operators at every step

function listed(sides: readonly number[], terms: readonly Term[]): number[] {
  const factors = stridesOf(sides);
  return Array.from({ length: sizeOf(sides) }, (_, i) => {
    const place = (axis: number) => Math.floor(i / factors[axis]!) % sides[axis]!;
    return terms.reduce((sum, { axes, numbers }) => {
      return sum + numbers[axes.reduce((at, axis) => at * sides[axis]! + place(axis), 0)]!;
    }, 0);
  });
}

function summed(emit: Emitter, sides: readonly number[], terms: readonly Term[]): string {
  const vectors = terms.map(({ axes, numbers }) => {
    const shape = sides.map((side, axis) => (axes.includes(axis) ? side : 1));
    return emit.constant(numbers, shape, 'int64');
  });
  return vectors.reduce((sum, vector) => emit.one('Add', [sum, vector]));
}

/**
 * A matrix that lies as a filter, transposed: each tile, where blocks of K are images of N channels, then the tiles themselves.
 * Shapes: [K/b, N/b, b of N, b of K] -> [N/b, K/b, b of K, b of N].
 */
export function turnedFilter(emit: Emitter, name: string, [k, n]: readonly [number, number], block: number): string {
  const turned = emit.one(`${NCHWC}ReorderInput`, [reshaped(emit, name, [k / block, n, block, 1])]);
  const [down, across] = [k / block, n / block];
  return chunksPicked(emit, turned, block * block, [across, down], [along(1, down, across), along(0, across, 1)]);
}
