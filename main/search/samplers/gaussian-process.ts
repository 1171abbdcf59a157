/**
 * Gaussian process regression over the unit cube: a Matérn 5/2 kernel with a length for each dimension; categories are
 * equal or different, nothing in between.
 * Source: Rasmussen and Williams 2006, "Gaussian Processes for Machine Learning", algorithm 2.1 and section 5.4; lengths
 * are those of the largest likelihood times a prior, with the variance of the process in closed form.
 */

import { cholesky, solveLower, solveUpper } from './cholesky.ts';

export interface GaussianProcess {
  /** Units: of the values it was fitted to. */
  predict(point: readonly number[]): { readonly mean: number; readonly deviation: number };
}

interface Fit {
  readonly lengths: readonly number[];
  readonly noise: number;
  readonly factor: Float64Array;
  /** Inverse covariance times the values. */
  readonly weights: Float64Array;
  /** Of the process, in squares of scaled values. */
  readonly variance: number;
  readonly score: number;
}

const ROUNDS = 2;
const STEPS = [4, 0.25, 2, 0.5] as const;
const FIRST_LENGTH = 0.5;
const FIRST_NOISE = 1e-3;
const LEAST_NOISE = 1e-6;
const MOST_NOISE = 1;
const LENGTH_SPREAD = 1; // of the prior, in natural logarithms

/** `isCategory[d]` says that dimension d has no order. */
export function fitGaussianProcess(
  points: readonly (readonly number[])[],
  values: readonly number[],
  isCategory: readonly boolean[],
): GaussianProcess {
  const mean = values.reduce((sum, y) => sum + y, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, y) => sum + (y - mean) ** 2, 0) / values.length) || 1;
  const scaled = Float64Array.from(values, (y) => (y - mean) / spread);
  const gaps = isCategory.map((isCategorical, d) => gapsOf(points, d, isCategorical));
  const { lengths, factor, weights, variance, noise } = mostLikely(gaps, scaled);
  return {
    predict: (point) => {
      const covariances = Float64Array.from(points, (other) => {
        const squared = isCategory.reduce(
          (sum, isCategorical, d) => sum + gap(point[d]!, other[d]!, isCategorical) / lengths[d]! ** 2,
          0,
        );
        return matern(squared);
      });
      const expected = covariances.reduce((sum, k, i) => sum + k * weights[i]!, 0);
      const explained = solveLower(factor, covariances).reduce((sum, x) => sum + x * x, 0);
      const left = variance * Math.max(1 + noise - explained, 1e-12);
      return { mean: mean + spread * expected, deviation: spread * Math.sqrt(left) };
    },
  };
}

/** Coordinate by coordinate in the logarithms of lengths and noise: few trials leave no fine structure to find. */
function mostLikely(gaps: readonly Float64Array[], values: Float64Array): Fit {
  let best = fitAt(gaps, values, new Array<number>(gaps.length).fill(FIRST_LENGTH), FIRST_NOISE);
  for (let round = 0; round < ROUNDS; round++) {
    for (let d = -1; d < gaps.length; d++) {
      for (const step of STEPS) {
        const lengths = d < 0 ? best.lengths : best.lengths.with(d, best.lengths[d]! * step);
        const noise = d < 0 ? Math.min(MOST_NOISE, Math.max(LEAST_NOISE, best.noise * step * step)) : best.noise;
        const tried = fitAt(gaps, values, lengths, noise);
        if (tried.score > best.score) best = tried;
      }
    }
  }
  return best;
}

function fitAt(gaps: readonly Float64Array[], values: Float64Array, lengths: readonly number[], noise: number): Fit {
  const n = values.length;
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n * n; i++) {
    let squared = 0;
    for (let d = 0; d < gaps.length; d++) squared += gaps[d]![i]! / lengths[d]! ** 2;
    covariance[i] = matern(squared);
  }
  for (let i = 0; i < n; i++) covariance[i * n + i]! += noise;
  const factor = cholesky(covariance, n);
  const weights = solveUpper(factor, solveLower(factor, values));
  const variance = Math.max(values.reduce((sum, y, i) => sum + y * weights[i]!, 0) / n, 1e-9);
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) logDeterminant += Math.log(factor[i * n + i]!);
  const prior = lengths.reduce((sum, length) => sum + (Math.log(length / FIRST_LENGTH) / LENGTH_SPREAD) ** 2 / 2, 0);
  const score = -0.5 * n * Math.log(variance) - logDeterminant - prior;
  return { lengths, noise, factor, weights, variance, score };
}

/** Matérn 5/2 of a squared distance. */
function matern(squared: number): number {
  const r = Math.sqrt(5 * squared);
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

const gap = (a: number, b: number, isCategorical: boolean): number => (isCategorical ? Number(a !== b) : (a - b) ** 2);

/** Squared gaps of every pair of points in one dimension. Shapes: [n, n]. */
function gapsOf(points: readonly (readonly number[])[], d: number, isCategorical: boolean): Float64Array {
  const n = points.length;
  return Float64Array.from({ length: n * n }, (_, at) =>
    gap(points[Math.floor(at / n)]![d]!, points[at % n]![d]!, isCategorical),
  );
}
