/**
 * What earlier sweeps give a new one: samplers that learn take their trials as prior knowledge, policies judge beside them.
 * Source: product specification, section 10.6.
 */

import type { Algorithm, Scalar, SearchSpace } from '../../preload/contract/sweep-plan.ts';
import { boundsOf } from './distributions.ts';
import type { ReportingTrial } from './pruners/pruner.ts';
import type { PastTrial } from './samplers/sampler.ts';
import { type Branch, branchesOf, type Configuration } from './space.ts';

/** A trial of an earlier sweep that has ended. */
export interface PriorTrial {
  readonly sweep: string;
  readonly number: number;
  /** Everything it was trained with, its model among it. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The primary metric, in order. */
  readonly values: readonly number[];
}

/** Random and grid sampling learn nothing from trials, whosever they are. */
export const LEARNS: Readonly<Record<Algorithm, boolean>> = { random: false, grid: false, bayesian: true, tpe: true };

/**
 * Those that lie in the space, each as the configuration that would give it. One that was trained with another value of
 * an argument of the new sweep says nothing of its trials.
 */
export function priorHistory(
  { space, arguments: fixed }: { readonly space: SearchSpace; readonly arguments: Readonly<Record<string, Scalar>> },
  prior: readonly PriorTrial[],
): PastTrial[] {
  const branches = branchesOf(space);
  return prior.flatMap(({ settings, values }): PastTrial[] => {
    if (Object.entries(fixed).some(([name, value]) => settings[name] !== value)) return [];
    const configuration = branches.map((branch) => configurationIn(branch, settings)).find((found) => found !== null);
    return configuration == null ? [] : [{ configuration, value: Math.max(...values), isRunning: false }];
  });
}

function configurationIn(branch: Branch, settings: PriorTrial['settings']): Configuration | null {
  const drawn = branch.map(({ name, distribution }): [string, Scalar] | null => {
    const value = settings[name];
    if (distribution.type === 'choice') {
      const found = distribution.values.find((each) => each === value);
      return found === undefined ? null : [name, found];
    }
    const [low, high] = boundsOf(distribution);
    const isInside = typeof value === 'number' && value >= low && value <= high;
    return isInside && (distribution.type !== 'randint' || Number.isInteger(value)) ? [name, value] : null;
  });
  return drawn.includes(null) ? null : Object.fromEntries(drawn as [string, Scalar][]);
}

/** As policies see them; their numbers are below those of a sweep's own trials. */
export function priorReports(prior: readonly PriorTrial[]): ReportingTrial[] {
  return prior.map(({ sweep, number, values }, i) => ({
    number: -1 - i,
    name: `trial ${number} of ${sweep}`,
    reports: values,
    isFinished: true,
  }));
}
