/** A sweep as YAML that `readSweep` reads to the same plan. */

import { stringify } from 'yaml';
import {
  DEFAULT_TIMEOUT_HOURS,
  type Dimensions,
  type Distribution,
  type SearchSpace,
  type SweepPlan,
} from '../../preload/contract/sweep-plan.ts';

/** The text of what a file holds. */
export const documentText = (document: unknown): string =>
  stringify(document, { lineWidth: 120, aliasDuplicateObjects: false });

export function writeSweep(plan: SweepPlan): string {
  const { sampling, early_termination_policy: policy } = plan;
  const hasSpace = !plan.is_automatic;
  const file = {
    ...(plan.name === null ? {} : { name: plan.name }),
    ...(plan.task === null ? {} : { task: plan.task }),
    ...(hasSpace ? { hyperparameter_sampling: { ...samplingOf(sampling), space: spaceOf(plan.space) } } : {}),
    iterations: plan.iterations,
    ...(plan.max_concurrent_iterations === null ? {} : { max_concurrent_iterations: plan.max_concurrent_iterations }),
    ...(plan.experiment_timeout_hours === DEFAULT_TIMEOUT_HOURS
      ? {}
      : { experiment_timeout_hours: plan.experiment_timeout_hours }),
    ...(plan.trial_timeout_minutes === null ? {} : { trial_timeout_minutes: plan.trial_timeout_minutes }),
    ...(policy.type === 'none' ? {} : { early_termination_policy: policy }),
    ...(Object.keys(plan.arguments).length === 0 ? {} : { arguments: plan.arguments }),
    ...(plan.warm_start.length === 0 ? {} : { warm_start: plan.warm_start }),
  };
  return documentText(file);
}

const samplingOf = ({ algorithm, seed, rule }: SweepPlan['sampling']) => ({
  algorithm,
  ...(seed === 0 ? {} : { seed }),
  ...(rule === 'random' ? {} : { rule }),
});

/** The key `model` holds the branches; a list where they share nothing. */
function spaceOf({ shared, branches }: SearchSpace): unknown {
  if (branches.length === 0) return dimensionsOf(shared);
  const each = branches.map(dimensionsOf);
  return Object.keys(shared).length === 0 ? each : { ...dimensionsOf(shared), model: { type: 'choice', values: each } };
}

const dimensionsOf = (dimensions: Dimensions): Record<string, unknown> =>
  Object.fromEntries(Object.entries(dimensions).map(([name, distribution]) => [name, written(distribution)]));

/** A choice of one value is the value; a text that would be read as a distribution stays a choice. */
function written(distribution: Distribution): unknown {
  if (distribution.type !== 'choice' || distribution.values.length > 1) return distribution;
  const [value] = distribution.values;
  return typeof value === 'string' && value.includes('(') ? distribution : value;
}
