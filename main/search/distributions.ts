/**
 * What each distribution draws, as a function of one number in the unit interval: equal steps in it are equally likely
 * values. Samplers work there and know nothing of logarithms, steps and categories.
 * Source: product specification, section 10.1; rounding half to even and clipping to bounds from its section 22.
 */

import type { Distribution, Scalar } from '../../preload/contract/sweep-plan.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/** Keeps a draw away from where a normal quantile is infinite; half a step of a 32-bit random number. */
const EDGE = 2 ** -33;

/** The value at `u` in [0, 1]. */
export function valueAt(distribution: Distribution, u: number): Scalar {
  const d = distribution;
  switch (d.type) {
    case 'choice':
      return d.values[Math.min(d.values.length - 1, Math.floor(u * d.values.length))]!;
    case 'randint':
      return Math.min(d.upper - 1, Math.floor(u * d.upper));
    case 'uniform':
      return between(d, u);
    case 'quniform':
      return clip(toStep(between(d, u), d.q), d.min, d.max);
    case 'loguniform':
      return Math.exp(between(d, u));
    case 'qloguniform':
      return clip(toStep(Math.exp(between(d, u)), d.q), Math.exp(d.min), Math.exp(d.max));
    case 'normal':
      return gaussian(d, u);
    case 'qnormal':
      return toStep(gaussian(d, u), d.q);
    case 'lognormal':
      return Math.exp(gaussian(d, u));
    case 'qlognormal':
      return toStep(Math.exp(gaussian(d, u)), d.q);
    default:
      return d satisfies never;
  }
}

/** Where a value that was drawn lies in the unit interval; of values that several numbers give, the middle one. */
export function unitOf(distribution: Distribution, value: Scalar): number {
  const d = distribution;
  const x = Number(value);
  switch (d.type) {
    case 'choice':
      return (Math.max(0, d.values.indexOf(value)) + 0.5) / d.values.length;
    case 'randint':
      return (x + 0.5) / d.upper;
    case 'uniform':
    case 'quniform':
      return share(x, d.min, d.max);
    case 'loguniform':
    case 'qloguniform':
      return share(Math.log(Math.max(x, Number.MIN_VALUE)), d.min, d.max);
    case 'normal':
    case 'qnormal':
      return normalCdf((x - d.mu) / d.sigma);
    case 'lognormal':
    case 'qlognormal':
      return normalCdf((Math.log(Math.max(x, Number.MIN_VALUE)) - d.mu) / d.sigma);
    default:
      return d satisfies never;
  }
}

/** How many values it has between which there is no neighbourhood; null where near values are alike. */
export function categoriesOf(distribution: Distribution): number | null {
  if (distribution.type === 'choice') return distribution.values.length;
  return distribution.type === 'randint' ? distribution.upper : null;
}

/** The values it can give where those are few and known; null for a range. */
export function valuesOf(distribution: Distribution): readonly Scalar[] | null {
  return distribution.type === 'choice' ? distribution.values : null;
}

/** Smallest and largest value; infinite where a Gaussian has no bound. Of ranges alone. */
export function boundsOf(distribution: Exclude<Distribution, { type: 'choice' }>): readonly [number, number] {
  const d = distribution;
  switch (d.type) {
    case 'randint':
      return [0, d.upper - 1];
    case 'uniform':
      return [d.min, d.max];
    case 'quniform':
    case 'loguniform':
    case 'qloguniform':
      return [Number(valueAt(d, 0)), Number(valueAt(d, 1))];
    case 'normal':
    case 'qnormal':
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    case 'lognormal':
    case 'qlognormal':
      return [0, Number.POSITIVE_INFINITY];
    default:
      return d satisfies never;
  }
}

/** Whether every value it can give is a whole number. */
export function isWhole(distribution: Exclude<Distribution, { type: 'choice' }>): boolean {
  const d = distribution;
  if (d.type === 'randint') return true;
  if (!('q' in d) || !Number.isInteger(d.q)) return false;
  return d.type === 'qnormal' || d.type === 'qlognormal' || boundsOf(d).every(Number.isInteger);
}

/** Units: the nearest whole number; of two equally near, the even one. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

const DIGITS = 12; // 3 · 0.05 is 0.15, not 0.15000000000000002

const toStep = (x: number, q: number): number => {
  const value = roundHalfEven(x / q) * q;
  return Number.isInteger(q) ? value + 0 : Number(value.toPrecision(DIGITS));
};

const between = ({ min, max }: { min: number; max: number }, u: number): number => min + (max - min) * u;
const gaussian = ({ mu, sigma }: { mu: number; sigma: number }, u: number): number =>
  mu + sigma * normalQuantile(clip(u, EDGE, 1 - EDGE));
const clip = (x: number, min: number, max: number): number => Math.min(max, Math.max(min, x));
const share = (x: number, min: number, max: number): number => (max > min ? clip((x - min) / (max - min), 0, 1) : 0.5);
