/** Rounding to half precision, for the reference evaluator. Source: IEEE 754-2019, binary16, ties to even. */

const LARGEST_ROUNDED = 65520; // from here on the nearest is infinity
const SMALLEST_EXPONENT = -14; // below, numbers are equally spaced
const FRACTION_BITS = 10;

export function roundToHalf(value: number): number {
  const size = Math.abs(value);
  if (!(size < LARGEST_ROUNDED)) return Number.isNaN(value) ? value : Math.sign(value) * Number.POSITIVE_INFINITY;
  const exponent = size === 0 ? SMALLEST_EXPONENT : Math.max(SMALLEST_EXPONENT, Math.floor(Math.log2(size)));
  const spacing = 2 ** (exponent - FRACTION_BITS);
  const steps = size / spacing;
  const below = Math.floor(steps);
  const rest = steps - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return Math.sign(value) * (below + (isUp ? 1 : 0)) * spacing;
}
