const TERMS = 200; // enough for float64 up to the saturation
const SATURATION = 6; // erf(6) is 1 in float64

/**
 * The error function in float64.
 * Source: Abramowitz and Stegun 1964, 7.1.6: a series without alternating signs, so no digits cancel.
 */
export function errorFunction(x: number): number {
  if (Math.abs(x) >= SATURATION) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < TERMS; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
