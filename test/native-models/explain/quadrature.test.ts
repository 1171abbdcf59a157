import { describe, expect, test } from 'vitest';
import { quadrature } from '../../../native-models/explain/quadrature.ts';

/** numpy.polynomial.legendre.leggauss(5), moved to [0,1]. */
const FIVE = [
  [0.046910077030668074, 0.11846344252809471],
  [0.23076534494715845, 0.2393143352496831],
  [0.5, 0.2844444444444444],
  [0.7692346550528415, 0.2393143352496831],
  [0.9530899229693319, 0.11846344252809471],
] as const;

describe('Gauss-Legendre points', () => {
  test("are numpy's", () => {
    quadrature('gausslegendre', 5).forEach(({ fraction, weight }, i) => {
      expect(fraction).toBeCloseTo(FIVE[i]![0], 14);
      expect(weight).toBeCloseTo(FIVE[i]![1], 14);
    });
  });

  test.each([1, 2, 50, 1000])('integrate polynomials exactly, by %i points', (count) => {
    const degree = Math.min(2 * count - 1, 60);
    const integral = quadrature('gausslegendre', count).reduce((sum, p) => sum + p.weight * p.fraction ** degree, 0);

    expect(integral).toBeCloseTo(1 / (degree + 1), 12);
  });
});

test('middle points share the interval evenly', () => {
  expect(quadrature('riemann_middle', 2)).toEqual([
    { fraction: 0.25, weight: 0.5 },
    { fraction: 0.75, weight: 0.5 },
  ]);
});
