/**
 * Tree-structured Parzen estimator. Which branch to go into is asked first, then for all dimensions of it together.
 * Source: Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization", section 4; the number of candidates and of
 * random trials to begin with are those of Bergstra, Yamins and Cox 2013.
 */

import { type Branch, branchAt, branchesOf, type Configuration, fromUnit, isOfBranch, toUnit } from '../space.ts';
import { ParzenDensity } from './parzen.ts';
import type { Draws, PastTrial, Question, Sampler } from './sampler.ts';

const STARTUP = 10;
const CANDIDATES = 24;
const GOOD_SHARE = 0.1;
const MOST_GOOD = 25;

export const tpeSampler: Sampler = {
  name: 'tpe',
  takes: null,
  takesBranches: true,
  takesPolicy: true,
  suggest: ({ space, history, index, draws }: Question) => {
    const stream = draws('tpe', index);
    const branches = branchesOf(space);
    const judged = history.filter((trial): trial is Judged => trial.value !== null && !trial.isRunning);
    if (judged.length < STARTUP) return startup(branches, stream);
    const [good, bad] = split(judged);
    const branch = chosenBranch(branches, good, bad, stream);
    const density = (trials: readonly Judged[]) => {
      const here = trials.filter(({ configuration }) => isOfBranch(branch, configuration));
      return new ParzenDensity(
        branch,
        here.map(({ configuration }) => toUnit(branch, configuration)),
      );
    };
    return fromUnit(branch, best(density(good), density(bad), stream));
  },
};

type Judged = PastTrial & { readonly value: number };

function startup(branches: readonly Branch[], stream: Draws): Configuration {
  const branch = branchAt(branches, stream.uniform());
  return fromUnit(
    branch,
    branch.map(() => stream.uniform()),
  );
}

/** The best tenth, rounded up, and the rest, both in order of their age. */
function split(judged: readonly Judged[]): [Judged[], Judged[]] {
  const count = Math.min(MOST_GOOD, Math.ceil(GOOD_SHARE * judged.length));
  const ranked = judged.map((trial, age) => ({ trial, age })).sort((a, b) => b.trial.value - a.trial.value);
  const inOrder = (part: typeof ranked) => part.sort((a, b) => a.age - b.age).map(({ trial }) => trial);
  return [inOrder(ranked.slice(0, count)), inOrder(ranked.slice(count))];
}

function chosenBranch(
  branches: readonly Branch[],
  good: readonly Judged[],
  bad: readonly Judged[],
  stream: Draws,
): Branch {
  if (branches.length === 1) return branches[0]!;
  const which = { type: 'choice' as const, values: branches.map((_, i) => i) };
  const dimension = [{ name: 'branch', distribution: which, categories: branches.length }];
  const density = (trials: readonly Judged[]) => {
    const at = trials.map((trial) => branches.findIndex((branch) => isOfBranch(branch, trial.configuration)));
    return new ParzenDensity(
      dimension,
      at.filter((i) => i >= 0).map((i) => [(i + 0.5) / branches.length]),
    );
  };
  return branchAt(branches, best(density(good), density(bad), stream)[0]!);
}

/** Of candidates drawn where good trials are, the one that is likeliest to be good and not bad. */
function best(good: ParzenDensity, bad: ParzenDensity, stream: Draws): number[] {
  let [chosen, highest]: [number[], number] = [[], Number.NEGATIVE_INFINITY];
  for (let i = 0; i < CANDIDATES; i++) {
    const point = good.draw(stream);
    const score = good.logDensity(point) - bad.logDensity(point);
    if (score > highest) [chosen, highest] = [point, score];
  }
  return chosen;
}
