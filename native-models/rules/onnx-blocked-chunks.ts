/**
 * Rearranging whole chunks of a buffer: picked by number, which all threads do, where a transpose is done by one. A number
 * is a sum of terms, so that a graph holds a few short vectors and not a number for each chunk.
 */

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
  const vectors = terms.map(({ axes, numbers }) => {
    const shape = sides.map((side, axis) => (axes.includes(axis) ? side : 1));
    return emit.constant(numbers, shape, 'int64');
  });
  const places = vectors.reduce((sum, vector) => emit.one('Add', [sum, vector]));
  const chunks = reshapedLate(emit, name, [-1, size]);
  return emit.one('Gather', [chunks, reshaped(emit, places, [sides.reduce((all, side) => all * side, 1)])], {
    axis: 0,
  });
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
