/**
 * Asynchronous successive halving: at rung after rung, each `reduction_factor` times as far as the one before, only the
 * best 1/`reduction_factor` of the trials that have come so far go on.
 * Source: Li et al. 2018, "A System for Massively Parallel Hyperparameter Tuning", algorithm 2, as a rule for stopping: a
 * trial is judged once, when it reaches a rung, among those that were there before it.
 */

import type { Policy } from '../../../preload/contract/sweep-plan.ts';
import { bestUpTo, type ReportingTrial, shown, TOLERANCE, type Verdict } from './pruner.ts';

type SuccessiveHalving = Extract<Policy, { type: 'successive_halving' }>;

/** Null between rungs. */
export function successiveHalving(
  policy: SuccessiveHalving,
  trial: ReportingTrial,
  all: readonly ReportingTrial[],
): Verdict | null {
  const interval = trial.reports.length;
  if (!isRung(policy, interval)) return null;
  const own = bestUpTo(trial, interval)!;
  const values = all.filter(({ reports }) => reports.length >= interval).map((other) => bestUpTo(other, interval)!);
  const promoted = Math.max(1, Math.floor(values.length / policy.reduction_factor));
  const above = values.filter((value) => value > own + TOLERANCE).length;
  const explanation =
    `best so far ${shown(own)} is at place ${above + 1} of the ${values.length} trials that have reached the rung at ` +
    `interval ${interval}; the best ${promoted} go on`;
  return { isStopped: above >= promoted, value: own, limit: null, explanation };
}

function isRung({ minimum_intervals: first, reduction_factor: factor }: SuccessiveHalving, interval: number): boolean {
  let rung = first;
  while (rung < interval) rung *= factor;
  return rung === interval;
}
