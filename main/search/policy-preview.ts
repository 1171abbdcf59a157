/** Policies with their usual settings, tried on the curves of sweeps that have been. */

import type { PolicyPreview } from '../../preload/contract/sweep-draft.ts';
import { Policy } from '../../preload/contract/sweep-plan.ts';
import type { ReportingTrial } from './pruners/pruner.ts';
import { judge } from './pruners/pruners.ts';

/** A trial as it was; one that was stopped then has no more to tell. */
export interface PastCurve {
  readonly number: number;
  readonly values: readonly number[];
}

/** Source: the settings of the official samples and advice, product specification, sections 10.3 and 11.2. */
const USUAL: readonly Policy[] = [
  { type: 'bandit', slack_factor: 0.2, evaluation_interval: 2, delay_evaluation: 6 },
  { type: 'median_stopping', evaluation_interval: 1, delay_evaluation: 5 },
  { type: 'truncation_selection', truncation_percentage: 20, evaluation_interval: 1, delay_evaluation: 5 },
  { type: 'successive_halving' },
].map((policy) => Policy.parse(policy));

const MOST_TRIALS = 100; // of a sweep, its first: each is judged beside all before it, at every epoch

export function previewPolicies(sweeps: readonly (readonly PastCurve[])[]): PolicyPreview[] {
  const told = sweeps
    .map((trials) => trials.filter(({ values }) => values.length > 0).slice(0, MOST_TRIALS))
    .filter((trials) => trials.length > 0);
  return USUAL.map((policy) => {
    const replays = told.map((trials) => replay(policy, trials));
    const sum = (pick: (replayed: Replay) => number) => replays.reduce((total, each) => total + pick(each), 0);
    return {
      policy: policy.type,
      sweeps: told.length,
      trials_stopped: sum(({ stopped }) => stopped),
      epochs: sum(({ epochs }) => epochs),
      epochs_saved: sum(({ saved }) => saved),
      best_lost: sum(({ isBestLost }) => Number(isBestLost)),
    };
  });
}

interface Replay {
  readonly stopped: number;
  readonly epochs: number;
  readonly saved: number;
  readonly isBestLost: boolean;
}

/** One trial after another, as a single place would have run them. */
function replay(policy: Policy, trials: readonly PastCurve[]): Replay {
  const ran: ReportingTrial[] = [];
  let [stopped, saved] = [0, 0];
  for (const { number, values } of trials) {
    const kept = keptReports(policy, number, values, ran);
    ran.push({ number, reports: values.slice(0, kept), isFinished: true });
    stopped += Number(kept < values.length);
    saved += values.length - kept;
  }
  const best = (curves: readonly (readonly number[])[]) => Math.max(...curves.flat());
  const isBestLost = best(ran.map(({ reports }) => reports)) < best(trials.map(({ values }) => values));
  return { stopped, epochs: trials.reduce((sum, { values }) => sum + values.length, 0), saved, isBestLost };
}

/** After its last report a trial has nothing to be spared. */
function keptReports(
  policy: Policy,
  number: number,
  values: readonly number[],
  ran: readonly ReportingTrial[],
): number {
  for (let n = 1; n < values.length; n++) {
    const trial = { number, reports: values.slice(0, n), isFinished: false };
    if (judge(policy, trial, [...ran, trial])?.is_stopped === true) return n;
  }
  return values.length;
}
