/** The standard normal distribution. */

const DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);

export const normalDensity = (z: number): number => DENSITY_AT_0 * Math.exp((-z * z) / 2);

const FAR = 9; // beyond it the upper tail is below 1e-18

/**
 * How likely a standard normal number is below z.
 * Source: Marsaglia 2004, "Evaluating the Normal Distribution", section 3: Taylor's series about 0 over the density.
 */
export function normalCdf(z: number): number {
  if (z > FAR) return 1;
  if (z < -FAR) return 0;
  let [term, sum] = [z, z];
  for (let i = 3; sum + term !== sum; i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + sum * normalDensity(z);
}

const HALLEY_STEPS = 4; // from 3e-3 each step cubes the error

/**
 * The number below which a standard normal one is with probability `p`, which is inside (0, 1).
 * Source: Abramowitz and Stegun 1964, formula 26.2.22, then Halley's method.
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let z = (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t)) - t;
  for (let i = 0; i < HALLEY_STEPS; i++) {
    const step = (normalCdf(z) - p) / normalDensity(z);
    z -= step / (1 + (z * step) / 2);
  }
  return z;
}
