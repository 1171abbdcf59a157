import { describe, expect, test } from 'vitest';
import { permutation, rngFrom } from '../../../native-models/core/rng.ts';

const draws = (seed: number, ...words: (string | number)[]) => {
  const rng = rngFrom(seed, ...words);
  return Array.from({ length: 20_000 }, () => rng.uniform());
};

describe('random streams', () => {
  test('are functions of seed and name', () => {
    expect(draws(1, 'a', 2)).toEqual(draws(1, 'a', 2));
    expect(draws(1, 'a', 2)).not.toEqual(draws(1, 'a', 3));
    expect(draws(1, 'a', 2)).not.toEqual(draws(2, 'a', 2));
  });

  test('are uniform: mean, variance and deciles within four standard errors', () => {
    const values = draws(7, 'uniform');
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const perDecile = Array.from({ length: 10 }, (_, d) => values.filter((v) => Math.floor(v * 10) === d).length);

    expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * values.length));
    for (const count of perDecile) expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt(1800));
  });

  test('neighbouring names are uncorrelated', () => {
    const first = draws(7, 'augment', 1, 100);
    const second = draws(7, 'augment', 1, 101);
    const covariance = first.reduce((sum, v, i) => sum + (v - 0.5) * (second[i]! - 0.5), 0) / first.length;

    expect(Math.abs(covariance * 12)).toBeLessThan(4 / Math.sqrt(first.length));
  });

  test('a normal draw has mean 0 and variance 1', () => {
    const rng = rngFrom(3, 'normal');
    const values = Array.from({ length: 20_000 }, () => rng.normal());
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;

    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
  });

  test('a permutation holds every index once', () => {
    const order = permutation(1000, rngFrom(5, 'order'));

    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });
});
