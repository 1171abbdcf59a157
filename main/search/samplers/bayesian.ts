/**
 * Bayesian optimisation: a Gaussian process of what trials came to, and the point where it expects the largest
 * improvement on the best of them. Trials still running count as if they came to what is expected of them.
 * Source: Jones, Schonlau and Welch 1998, "Efficient Global Optimization of Expensive Black-Box Functions", equation 15;
 * running trials as in Ginsbourger, Le Riche and Carraro 2010 ("kriging believer"). The specification leaves surrogate
 * and acquisition open.
 */

import { normalCdf, normalDensity } from '../normal.ts';
import { type Branch, branchesOf, type Configuration, fromUnit, toUnit } from '../space.ts';
import { fitGaussianProcess, type GaussianProcess } from './gaussian-process.ts';
import { randomSampler } from './random.ts';
import type { Draws, Sampler } from './sampler.ts';

const FEWEST_STARTUP = 5;
const MOST_STARTUP = 10;
const MOST_REMEMBERED = 200; // trials a fit looks at: its time grows with their cube
const CANDIDATES = 256;
const LOCAL_ROUNDS = 4;
const LOCAL_CANDIDATES = 24;
const CATEGORY_CHANGE = 0.2; // how likely a local candidate has another category

export const bayesianSampler: Sampler = {
  name: 'bayesian',
  takes: ['choice', 'uniform', 'quniform'],
  takesBranches: false,
  takesPolicy: false,
  suggest: (question) => {
    const { space, history, index, draws, sampling } = question;
    const branch = branchesOf(space)[0]!;
    const judged = history.flatMap(({ configuration, value, isRunning }) =>
      value === null || isRunning ? [] : [{ point: toUnit(branch, configuration), value }],
    );
    if (judged.length < startupOf(branch)) {
      return randomSampler.suggest({ ...question, sampling: { ...sampling, rule: 'sobol' } });
    }
    const seen = judged.slice(-MOST_REMEMBERED);
    const running = history.filter((trial) => trial.isRunning).map((trial) => toUnit(branch, trial.configuration));
    const process = believing(branch, seen, running);
    const best = Math.max(...seen.map(({ value }) => value));
    const leader = seen.find(({ value }) => value === best)!.point;
    return search(branch, process, best, leader, draws('bayesian', index));
  },
};

const startupOf = (branch: Branch): number =>
  Math.min(MOST_STARTUP, Math.max(FEWEST_STARTUP, 2 * branch.filter(isSearched).length));

const isSearched = ({ distribution }: Branch[number]): boolean =>
  distribution.type !== 'choice' || distribution.values.length > 1;

function believing(
  branch: Branch,
  seen: readonly { readonly point: number[]; readonly value: number }[],
  running: readonly number[][],
): GaussianProcess {
  const isCategory = branch.map(({ categories }) => categories !== null);
  const points = seen.map(({ point }) => point);
  const values = seen.map(({ value }) => value);
  const process = fitGaussianProcess(points, values, isCategory);
  if (running.length === 0) return process;
  const expected = running.map((point) => process.predict(point).mean);
  return fitGaussianProcess([...points, ...running], [...values, ...expected], isCategory);
}

/** Random candidates everywhere and about the best trial, then ever closer about the best of them. */
function search(
  branch: Branch,
  process: GaussianProcess,
  best: number,
  leader: readonly number[],
  draws: Draws,
): Configuration {
  const snapped = (point: readonly number[]) => toUnit(branch, fromUnit(branch, point));
  let [chosen, highest] = [leader as readonly number[], Number.NEGATIVE_INFINITY];
  const consider = (point: readonly number[]) => {
    const at = snapped(point);
    const score = logImprovement(process, at, best);
    if (score > highest) [chosen, highest] = [at, score];
  };
  for (let i = 0; i < CANDIDATES; i++) consider(branch.map(() => draws.uniform()));
  for (let i = 0; i < LOCAL_CANDIDATES; i++) consider(near(branch, leader, 0.1, draws));
  for (let round = 1; round <= LOCAL_ROUNDS; round++) {
    const centre = chosen;
    for (let i = 0; i < LOCAL_CANDIDATES; i++) consider(near(branch, centre, 0.2 * 0.4 ** round, draws));
  }
  return fromUnit(branch, chosen);
}

function near(branch: Branch, centre: readonly number[], width: number, draws: Draws): number[] {
  return branch.map(({ categories }, d) => {
    if (categories !== null) return draws.uniform() < CATEGORY_CHANGE ? draws.uniform() : centre[d]!;
    return Math.min(1, Math.max(0, centre[d]! + width * draws.normal()));
  });
}

/** Logarithm of the expected improvement; far below the best it goes on falling where the density is zero already. */
function logImprovement(process: GaussianProcess, point: readonly number[], best: number): number {
  const { mean, deviation } = process.predict(point);
  const z = (mean - best) / deviation;
  const improvement = z * normalCdf(z) + normalDensity(z);
  return improvement > 0 ? Math.log(deviation * improvement) : Math.log(deviation) - (z * z) / 2 - 2 * Math.log(1 - z);
}
