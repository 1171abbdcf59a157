/** Where to look, and how much each look counts, to integrate over [0,1]. */

export const QUADRATURES = ['riemann_middle', 'gausslegendre'] as const;
export type Quadrature = (typeof QUADRATURES)[number];

export interface Point {
  readonly fraction: number;
  /** All weights add up to 1. */
  readonly weight: number;
}

export function quadrature(kind: Quadrature, count: number): Point[] {
  switch (kind) {
    case 'riemann_middle':
      return Array.from({ length: count }, (_, i) => ({ fraction: (i + 0.5) / count, weight: 1 / count }));
    case 'gausslegendre':
      return Array.from({ length: count }, (_, i) => gaussPoint(count, count - 1 - i));
    default:
      return kind satisfies never;
  }
}

const ITERATIONS = 20; // Newton's method doubles the digits each time; a handful is enough

/**
 * The root of the Legendre polynomial of degree `count` that is `rank`-th from above, and its weight, moved from [-1,1].
 * Source: Press et al., Numerical Recipes, section 4.6 (`gauleg`).
 */
function gaussPoint(count: number, rank: number): Point {
  let x = Math.cos((Math.PI * (rank + 0.75)) / (count + 0.5));
  for (let i = 0; i < ITERATIONS; i++) {
    const { value, slope } = legendre(count, x);
    x -= value / slope;
  }
  const { slope } = legendre(count, x);
  return { fraction: (1 + x) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
}

/** Source: Abramowitz and Stegun 1964, 22.7.10 and 22.8.5. */
function legendre(degree: number, x: number): { readonly value: number; readonly slope: number } {
  let [previous, value] = [1, x];
  for (let n = 2; n <= degree; n++) [previous, value] = [value, ((2 * n - 1) * x * value - (n - 1) * previous) / n];
  return { value, slope: (degree * (x * value - previous)) / (x * x - 1) };
}
