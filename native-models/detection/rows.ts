/** Rows of a table of each image, taken by their number. */

import { sizeOf } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';

/** Shapes: table [B,S,...], places int32 [B,k] within [0,S) -> [B,k,...]. */
export function rowsAt(table: Tensor, places: Tensor): Tensor {
  const [batch, side, ...rest] = table.shape as [number, number, ...number[]];
  const inner = sizeOf(rest);
  const count = places.shape[1]!;
  const starts = table.graph.constant(
    Array.from({ length: batch }, (_, image) => image * side),
    [batch, 1],
    'int32',
  );
  const flat = places.add(starts).reshape([batch * count]);
  return table
    .reshape([batch * side, inner])
    .gather(flat, 0)
    .reshape([batch, count, ...rest]);
}

/**
 * Quotient and remainder of whole numbers, exact for quotients below 2^23: float32 is off by one at most, and whole
 * numbers put that right.
 * Shapes: int32 [...] -> two of int32 [...].
 */
export function dividedBy(numbers: Tensor, divisor: number): readonly [quotient: Tensor, remainder: Tensor] {
  if (divisor === 1) return [numbers, numbers.sub(numbers)];
  const guess = numbers
    .cast('float32')
    .mul(1 / divisor)
    .floor()
    .cast('int32');
  const rest = numbers.sub(guess.mul(divisor));
  const zero = numbers.graph.scalar(0, 'int32');
  const isOver = rest.greater(divisor - 1).cast('int32');
  const isUnder = zero.greater(rest).cast('int32');
  const correction = isOver.sub(isUnder);
  return [guess.add(correction), rest.sub(correction.mul(divisor))];
}
