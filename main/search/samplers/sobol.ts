/**
 * Points that fill the unit cube more evenly than random ones.
 * Source: Sobol 1967; Joe and Kuo 2008, "Constructing Sobol sequences with better two-dimensional projections". The whole
 * sequence is shifted bit by bit by random numbers, which keeps its evenness and makes it depend on a seed.
 */

import { assert } from '../assert.ts';
import { DIRECTIONS } from './sobol-directions.ts';

const BITS = 32;

/** The largest number of dimensions. */
export const SOBOL_DIMENSIONS: number = DIRECTIONS.length + 1;

/** Point `index`, from 0, of the sequence in as many dimensions as `shift` has 32-bit numbers. Units: each in [0, 1). */
export function sobolPoint(index: number, shift: readonly number[]): number[] {
  assert(
    shift.length <= SOBOL_DIMENSIONS,
    `a Sobol point of ${shift.length} dimensions, there are ${SOBOL_DIMENSIONS}`,
  );
  const gray = index ^ (index >>> 1);
  return shift.map((mask, d) => {
    const vectors = directionVectors(d);
    let x = mask >>> 0;
    for (let bit = 0; gray >>> bit !== 0; bit++) if ((gray >>> bit) & 1) x = (x ^ vectors[bit]!) >>> 0;
    return x / 2 ** BITS;
  });
}

/** v_k of Joe and Kuo, equation 2 and the recurrence after it, as 32-bit fractions. */
function directionVectors(dimension: number): number[] {
  if (dimension === 0) return Array.from({ length: BITS }, (_, k) => 2 ** (BITS - 1 - k));
  const { degree, coefficients, initial } = DIRECTIONS[dimension - 1]!;
  const v = initial.map((m, k) => m * 2 ** (BITS - 1 - k));
  for (let k = degree; k < BITS; k++) {
    let next = v[k - degree]! ^ (v[k - degree]! >>> degree);
    for (let i = 1; i < degree; i++) {
      if ((coefficients >>> (degree - 1 - i)) & 1) next ^= v[k - i]!;
    }
    v.push(next >>> 0);
  }
  return v;
}
