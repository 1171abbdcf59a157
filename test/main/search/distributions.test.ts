import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { boundsOf, isWhole, roundHalfEven, unitOf, valueAt } from '../../../main/search/distributions.ts';
import { normalQuantile } from '../../../main/search/normal.ts';
import { sobolPoint } from '../../../main/search/samplers/sobol.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import type { Distribution } from '../../../preload/contract/sweep-plan.ts';

const scipy = JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'scipy', 'sobol.json'), 'utf8')) as {
  sobol: number[][];
  normal: { p: number; z: number }[];
};

const draws = (distribution: Distribution, count = 4000): number[] => {
  const rng = rngFrom(1, distribution.type);
  return Array.from({ length: count }, () => Number(valueAt(distribution, rng.uniform())));
};
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

const ALL: readonly Distribution[] = [
  { type: 'choice', values: [3, 'adam', true] },
  { type: 'randint', upper: 4 },
  { type: 'uniform', min: -1, max: 3 },
  { type: 'quniform', min: 1, max: 10, q: 4 },
  { type: 'loguniform', min: -6, max: -1 },
  { type: 'qloguniform', min: 0, max: 4, q: 5 },
  { type: 'normal', mu: 2, sigma: 0.5 },
  { type: 'qnormal', mu: 10, sigma: 5, q: 2 },
  { type: 'lognormal', mu: -3, sigma: 1 },
  { type: 'qlognormal', mu: 2, sigma: 1, q: 1 },
];

describe('the worked examples of the specification', () => {
  test('randint(4) gives 0, 1, 2 and 3', () => {
    expect([...new Set(draws({ type: 'randint', upper: 4 }))].sort()).toEqual([0, 1, 2, 3]);
  });

  test('loguniform(-6, -1) takes natural logarithms', () => {
    const d = { type: 'loguniform', min: -6, max: -1 } as const;

    expect([valueAt(d, 0), valueAt(d, 1)]).toEqual([Math.exp(-6), Math.exp(-1)]);
    expect(mean(draws(d).map(Math.log))).toBeCloseTo(-3.5, 1);
  });

  test('quniform(0, 10, 4) gives 0, 4 and 8: 10 / 4 is rounded to the even 2', () => {
    const d = { type: 'quniform', min: 0, max: 10, q: 4 } as const;

    expect([...new Set(draws(d))].sort()).toEqual([0, 4, 8]);
    expect([0.2, 0.6, 1].map((u) => valueAt(d, u))).toEqual([0, 8, 8]);
  });

  test('uniform includes both bounds', () => {
    const d = { type: 'uniform', min: 0.25, max: 0.5 } as const;

    expect([valueAt(d, 0), valueAt(d, 0.5), valueAt(d, 1)]).toEqual([0.25, 0.375, 0.5]);
  });
});

test('a half is rounded to the even neighbour', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 2.5001].map((x) => roundHalfEven(x) + 0)).toEqual([0, 2, 2, 0, -2, 2, 3]);
});

test('quantised draws are clipped to their bounds, and come without the noise of binary fractions', () => {
  expect(boundsOf({ type: 'quniform', min: 1, max: 10, q: 4 })).toEqual([1, 8]);
  expect(boundsOf({ type: 'qloguniform', min: 0, max: Math.log(9), q: 5 })).toEqual(
    [1, 9 * (1 - 0)].map((x) => expect.closeTo(x, 9)),
  );
  expect(valueAt({ type: 'quniform', min: 0, max: 1, q: 0.05 }, 0.15)).toBe(0.15);
});

test('Gaussians have the mean and spread they are given, and lognormal draws are their exponentials', () => {
  const values = draws({ type: 'normal', mu: 2, sigma: 0.5 });
  const logs = draws({ type: 'lognormal', mu: -3, sigma: 1 }).map(Math.log);

  expect(mean(values)).toBeCloseTo(2, 1);
  expect(Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)))).toBeCloseTo(0.5, 1);
  expect(mean(logs)).toBeCloseTo(-3, 1);
  expect(draws({ type: 'qnormal', mu: 10, sigma: 5, q: 2 }).every((x) => x % 2 === 0)).toBe(true);
  expect(draws({ type: 'qlognormal', mu: 2, sigma: 1, q: 1 }).every((x) => Number.isInteger(x) && x >= 0)).toBe(true);
});

test.each(ALL)('$type finds the place of a value it has drawn', (distribution) => {
  const rng = rngFrom(2);
  for (let i = 0; i < 200; i++) {
    const value = valueAt(distribution, rng.uniform());
    const again = valueAt(distribution, unitOf(distribution, value));

    if (typeof value === 'number') expect(again).toBeCloseTo(value, 6);
    else expect(again).toBe(value);
  }
});

test('which distributions give whole numbers only', () => {
  const whole = ALL.filter((d) => d.type !== 'choice' && isWhole(d)).map(({ type }) => type);

  expect(whole).toEqual(['randint', 'quniform', 'qnormal', 'qlognormal']);
});

test("quantiles of the normal distribution are SciPy's", () => {
  for (const { p, z } of scipy.normal) expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-6);
});

test("Sobol points are SciPy's, bit by bit, and a shift keeps every pair of points as far apart in bits", () => {
  const dimensions = scipy.sobol[0]!.length;
  const none = new Array<number>(dimensions).fill(0);

  expect(scipy.sobol.map((_, i) => sobolPoint(i, none))).toEqual(scipy.sobol);
  const shifted = scipy.sobol.map((_, i) => sobolPoint(i, [0x9e3779b9, 0x243f6a88]).map((x) => x * 2 ** 32));
  expect(shifted.map(([x, y]) => [x! ^ 0x9e3779b9, y! ^ 0x243f6a88].map((bits) => (bits >>> 0) / 2 ** 32))).toEqual(
    scipy.sobol.map((point) => point.slice(0, 2)),
  );
});
