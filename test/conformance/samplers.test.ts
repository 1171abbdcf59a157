/** One suite over every sampler, then how good they are on standard test functions. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../build/source-files.ts';
import { categoriesOf, unitOf } from '../../main/search/distributions.ts';
import type { PastTrial, Question, Sampler } from '../../main/search/samplers/sampler.ts';
import { SAMPLERS } from '../../main/search/samplers/samplers.ts';
import { branchesOf, type Configuration, isOfBranch } from '../../main/search/space.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import type { Distribution, SearchSpace } from '../../preload/contract/sweep-plan.ts';
import { largerP } from '../kit/ranks.ts';
import { MIXED_LINEAR, TEST_FUNCTIONS, type TestFunction } from '../kit/test-functions.ts';

const choice: Distribution = { type: 'choice', values: ['sgd', 'adam', 'adamw'] };

/** A space with every distribution that the sampler takes. */
function spaceFor({ takes }: Sampler): SearchSpace {
  const all: readonly Distribution[] = [
    choice,
    { type: 'uniform', min: 0, max: 1 },
    { type: 'quniform', min: 8, max: 64, q: 8 },
    { type: 'randint', upper: 5 },
    { type: 'loguniform', min: -6, max: -1 },
    { type: 'normal', mu: 0, sigma: 1 },
    { type: 'qlognormal', mu: 2, sigma: 0.5, q: 1 },
    { type: 'choice', values: ['a', 'b', 'c'] },
  ];
  const taken = all.filter(({ type }) => takes === null || takes.includes(type));
  const named = [...taken, { type: 'choice', values: [1, 2] } as const].map((d, i) => [`h${i}`, d] as const);
  return { shared: Object.fromEntries(named), branches: [] };
}

function question(sampler: Sampler, space: SearchSpace, history: readonly PastTrial[], seed = 7): Question {
  const sampling = { algorithm: sampler.name, seed, rule: 'random' } as const;
  return { space, sampling, history, index: history.length, draws: (...words) => rngFrom(seed, ...words) };
}

const scoreOf = (configuration: Configuration) => rngFrom(3, JSON.stringify(configuration)).uniform();

/** What a sweep of so many trials, one after another, would have run. */
function sequence(sampler: Sampler, space: SearchSpace, count: number, score = scoreOf, seed = 7): PastTrial[] {
  const history: PastTrial[] = [];
  for (let i = 0; i < count; i++) {
    const configuration = sampler.suggest(question(sampler, space, history, seed));
    if (configuration === null) break;
    history.push({ configuration, value: score(configuration), isRunning: false });
  }
  return history;
}

describe.each(Object.values(SAMPLERS))('sampler $name', (sampler) => {
  const space = spaceFor(sampler);
  const [branch] = branchesOf(space);

  test('gives every hyperparameter a value that its distribution can draw', () => {
    for (const { configuration } of sequence(sampler, space, 25)) {
      expect(isOfBranch(branch!, configuration)).toBe(true);
      for (const { name, distribution } of branch!) {
        const u = unitOf(distribution, configuration[name]!);
        expect(u).toBeGreaterThanOrEqual(0);
        expect(u).toBeLessThanOrEqual(1);
      }
    }
  });

  test('is a function of space, history, number and seed', () => {
    const whole = sequence(sampler, space, 18);

    for (const at of [0, 3, 11, whole.length - 1]) {
      const again = sampler.suggest(question(sampler, space, whole.slice(0, at)));
      expect(again).toEqual(whole[at]!.configuration);
    }
  });

  test('goes on after a history of failed and running trials', () => {
    const made = sequence(sampler, space, 12);
    const history = made.map((trial, i) =>
      i % 3 === 0 ? { ...trial, value: null } : i % 3 === 1 ? { ...trial, isRunning: true } : trial,
    );

    expect(isOfBranch(branch!, sampler.suggest(question(sampler, space, history))!)).toBe(true);
  });

  test('survives trials that all came to the same value', () => {
    expect(sequence(sampler, space, 14, () => 0.5).length).toBeGreaterThan(5);
  });
});

describe('random sampling', () => {
  const conditional: SearchSpace = {
    shared: { learning_rate: { type: 'uniform', min: 0.005, max: 0.05 } },
    branches: [
      {
        model_name: { type: 'choice', values: ['vitb16r224'] },
        number_of_epochs: { type: 'choice', values: [15, 30] },
      },
      {
        model_name: { type: 'choice', values: ['seresnext'] },
        valid_resize_size: { type: 'choice', values: [288, 320, 352] },
      },
    ],
  };

  test('draws a branch, what is inside it, and the shared keys; every branch as often', () => {
    const drawn = sequence(SAMPLERS.random, conditional, 400).map(({ configuration }) => configuration);

    const ofVit = drawn.filter((each) => each['model_name'] === 'vitb16r224');
    expect(Object.keys(ofVit[0]!)).toEqual(['learning_rate', 'model_name', 'number_of_epochs']);
    expect(ofVit.some((each) => 'valid_resize_size' in each)).toBe(false);
    expect(Math.abs(ofVit.length - 200)).toBeLessThan(3 * Math.sqrt(100));
  });

  test('gives other trials with another seed', () => {
    const [a, b] = [1, 2].map((seed) => sequence(SAMPLERS.random, conditional, 3, scoreOf, seed));

    expect(a).not.toEqual(b);
  });

  test('by Sobol fills a range more evenly, and is repeated by its seed', () => {
    const space: SearchSpace = { shared: { x: { type: 'uniform', min: 0, max: 1 } }, branches: [] };
    const points = (rule: 'random' | 'sobol', seed: number) =>
      Array.from({ length: 64 }, (_, index) => {
        const asked = {
          ...question(SAMPLERS.random, space, [], seed),
          index,
          sampling: { algorithm: 'random', seed, rule },
        };
        return Number(SAMPLERS.random.suggest(asked as Question)!['x']);
      });
    const filled = (values: readonly number[]) => new Set(values.map((x) => Math.floor(64 * x))).size;

    expect(filled(points('sobol', 5))).toBe(64);
    expect(filled(points('random', 5))).toBeLessThan(50);
    expect(points('sobol', 5)).toEqual(points('sobol', 5));
    expect(points('sobol', 5)).not.toEqual(points('sobol', 6));
  });
});

test('grid sampling gives choice(1, 2, 3) × choice(16, 32) as exactly six trials in product order', () => {
  const space: SearchSpace = {
    shared: { a: { type: 'choice', values: [1, 2, 3] }, b: { type: 'choice', values: [16, 32] } },
    branches: [],
  };

  expect(sequence(SAMPLERS.grid, space, 100).map(({ configuration }) => configuration)).toEqual([
    { a: 1, b: 16 },
    { a: 1, b: 32 },
    { a: 2, b: 16 },
    { a: 2, b: 32 },
    { a: 3, b: 16 },
    { a: 3, b: 32 },
  ]);
});

test('TPE finds the better of two branches, and what is best in it', () => {
  const space: SearchSpace = {
    shared: {},
    branches: [
      { model_name: { type: 'choice', values: ['a'] }, x: { type: 'uniform', min: 0, max: 1 } },
      { model_name: { type: 'choice', values: ['b'] }, y: { type: 'uniform', min: 0, max: 1 } },
    ],
  };
  const score = (at: Configuration) => ('y' in at ? 1 - Math.abs(Number(at['y']) - 0.3) : 0.6);

  const late = sequence(SAMPLERS.tpe, space, 60, score).slice(30);

  expect(late.filter(({ configuration }) => 'y' in configuration).length).toBeGreaterThan(20);
  expect(Math.max(...late.map(({ value }) => value!))).toBeGreaterThan(0.95);
});

/** How sure the comparisons below must be. */
const SIGNIFICANCE = 0.001;
const BUDGET = 50;
const SEEDS = 60;

/** Best value of a sweep, for each of the first seeds. */
const bests = (sampler: Sampler, made: TestFunction, budget: number, seeds: number): number[] =>
  Array.from({ length: seeds }, (_, seed) =>
    Math.max(...sequence(sampler, made.space, budget, made.valueOf, seed).map(({ value }) => value!)),
  );
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

describe(`on standard test functions, with one-sided Mann-Whitney tests at ${SIGNIFICANCE}`, () => {
  const optuna = JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'optuna', 'tpe.json'), 'utf8')) as {
    budget: number;
    best: Record<string, number[]>;
  };

  test.each(Object.entries(TEST_FUNCTIONS))(
    "TPE beats random search on %s, and is not worse than Optuna's with the same seeds and budget",
    (name, made) => {
      expect(optuna.budget).toBe(BUDGET);
      const ours = bests(SAMPLERS.tpe, made, BUDGET, SEEDS);
      const theirs = optuna.best[name]!.slice(0, SEEDS);

      expect(largerP(ours, bests(SAMPLERS.random, made, BUDGET, 100))).toBeLessThan(SIGNIFICANCE);
      expect(largerP(theirs, ours)).toBeGreaterThan(0.5);
      expect(mean(ours)).toBeGreaterThanOrEqual(mean(theirs));
    },
  );

  test.each([
    ['branin', TEST_FUNCTIONS.branin],
    ['hartmann6', TEST_FUNCTIONS.hartmann6],
    ['mixed', MIXED_LINEAR],
  ])("Bayesian sampling beats random search and Optuna's TPE on %s, with 35 of 50 trials", (name, made) => {
    const ours = bests(SAMPLERS.bayesian, made, 35, 10);

    expect(largerP(ours, bests(SAMPLERS.random, made, BUDGET, 100))).toBeLessThan(SIGNIFICANCE);
    expect(largerP(ours, optuna.best[name]!)).toBeLessThan(SIGNIFICANCE);
  });
});

test('a sampler that takes ranges knows which of its dimensions have an order', () => {
  expect(
    [choice, { type: 'randint', upper: 5 } as const, { type: 'uniform', min: 0, max: 1 } as const].map(categoriesOf),
  ).toEqual([3, 5, null]);
});
