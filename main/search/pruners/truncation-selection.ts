/**
 * Ends the lowest share of trials. Others are ranked by what they had up to the same interval, so that a young trial is
 * not punished for its age; of equal trials none is the lower one.
 * Source: product specification, sections 11.3 and 22.
 */

import type { Policy } from '../../../preload/contract/sweep-plan.ts';
import { bestUpTo, type ReportingTrial, shown, TOLERANCE, type Verdict } from './pruner.ts';

export function truncationSelection(
  policy: Extract<Policy, { type: 'truncation_selection' }>,
  trial: ReportingTrial,
  all: readonly ReportingTrial[],
): Verdict {
  const interval = trial.reports.length;
  const own = bestUpTo(trial, interval)!;
  const ranked = all.filter(
    (other) => other.number === trial.number || !(policy.exclude_finished_jobs && other.isFinished),
  );
  const values = ranked.flatMap((other) => bestUpTo(other, interval) ?? []);
  const ended = Math.floor((policy.truncation_percentage * values.length) / 100);
  const notAbove = values.filter((value) => value <= own + TOLERANCE).length;
  const explanation =
    `best so far ${shown(own)} is at place ${values.length - notAbove + 1} of ${values.length} at interval ${interval}; ` +
    `the lowest ${policy.truncation_percentage} % are ${ended}`;
  return { isStopped: notAbove <= ended, value: own, limit: null, explanation };
}
