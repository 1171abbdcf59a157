/** A policy applied to a trial that has just reported. */

import type { Policy, PolicyDecision } from '../../../preload/contract/sweep-plan.ts';
import { bandit } from './bandit.ts';
import { medianStopping } from './median-stopping.ts';
import type { ReportingTrial, Verdict } from './pruner.ts';
import { successiveHalving } from './successive-halving.ts';
import { truncationSelection } from './truncation-selection.ts';

/**
 * What the policy says of the trial at its latest report; null where it says nothing: it is not due, or the trial has not
 * reported yet. `all` are the trials of the sweep, this one among them.
 */
export function judge(policy: Policy, trial: ReportingTrial, all: readonly ReportingTrial[]): PolicyDecision | null {
  const interval = trial.reports.length;
  if (interval === 0 || !isDue(policy, interval)) return null;
  const verdict = verdictOf(policy, trial, all);
  if (verdict === null) return null;
  const { isStopped, value, limit, explanation } = verdict;
  const outcome = isStopped ? 'stopped' : 'goes on';
  return {
    policy: policy.type,
    interval,
    is_stopped: isStopped,
    value,
    limit,
    explanation: `${policy.type}: ${outcome} at interval ${interval}: ${explanation}`,
  };
}

/** Every multiple of `evaluation_interval` that is not below `delay_evaluation`. */
function isDue(policy: Policy, interval: number): boolean {
  if (!('evaluation_interval' in policy)) return true;
  return interval % policy.evaluation_interval === 0 && interval >= policy.delay_evaluation;
}

function verdictOf(policy: Policy, trial: ReportingTrial, all: readonly ReportingTrial[]): Verdict | null {
  switch (policy.type) {
    case 'none':
      return null;
    case 'bandit':
      return bandit(policy, trial, all);
    case 'median_stopping':
      return medianStopping(trial, all);
    case 'truncation_selection':
      return truncationSelection(policy, trial, all);
    case 'successive_halving':
      return successiveHalving(policy, trial, all);
    default:
      return policy satisfies never;
  }
}
