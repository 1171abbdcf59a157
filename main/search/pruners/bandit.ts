/** Ends a trial that is too far behind the best one. Source: product specification, section 11.1. */

import type { Policy } from '../../../preload/contract/sweep-plan.ts';
import { bestUpTo, type ReportingTrial, shown, TOLERANCE, type Verdict } from './pruner.ts';

type Bandit = Extract<Policy, { type: 'bandit' }>;

export function bandit(policy: Bandit, trial: ReportingTrial, all: readonly ReportingTrial[]): Verdict {
  const interval = trial.reports.length;
  const own = bestUpTo(trial, interval)!;
  const leader = all.reduce((a, b) =>
    (bestUpTo(b, interval) ?? -Infinity) > (bestUpTo(a, interval) ?? -Infinity) ? b : a,
  );
  const best = bestUpTo(leader, interval)!;
  const { limit, how } = limitOf(policy, best);
  const isStopped = own < limit - TOLERANCE;
  const explanation =
    `best so far ${shown(own)}, limit ${shown(limit)} = ${how}; ${shown(best)} is the best of all trials up to ` +
    `interval ${interval} (${leader.name ?? `trial ${leader.number}`})`;
  return { isStopped, value: own, limit, explanation };
}

function limitOf({ slack_factor: factor, slack_amount: amount }: Bandit, best: number): { limit: number; how: string } {
  if (amount !== undefined) return { limit: best - amount, how: `${shown(best)} − ${amount}` };
  return { limit: best / (1 + factor!), how: `${shown(best)} / (1 + ${factor})` };
}
