/** Sweeps as an engine would tell them, without one. */

import { smallCurve } from '../../main/store/small-curve.ts';
import type { TrialHead } from '../../preload/contract/sweep.ts';
import { SweepPlan } from '../../preload/contract/sweep-plan.ts';
import type { LiveSweep } from '../../renderer/sweeps/derive/live-sweep.ts';

export const PLAN: SweepPlan = SweepPlan.parse({
  name: 'signs',
  task: null,
  sampling: { algorithm: 'random', seed: 0, rule: 'random' },
  space: {
    shared: { learning_rate: { type: 'loguniform', min: -6, max: -2 }, momentum: { type: 'uniform', min: 0, max: 1 } },
    branches: [],
  },
  iterations: 10,
  max_concurrent_iterations: null,
  experiment_timeout_hours: 168,
  trial_timeout_minutes: null,
  early_termination_policy: { type: 'none' },
  arguments: {},
  warm_start: [],
  is_automatic: false,
});

/** `values`: the metric of every epoch. */
export function madeTrial(
  number: number,
  { values = [0.2, 0.1 * number], ...changes }: Partial<TrialHead> & { values?: readonly number[] } = {},
): TrialHead {
  const best = values.length === 0 ? null : Math.max(...values);
  return {
    number,
    state: 'completed',
    reason: null,
    run: `r${String(number).padStart(4, '0')}`,
    model: 'resnet18',
    device: 'cpu',
    configuration: { learning_rate: 0.01 * number, momentum: 0.5 },
    duplicate_of: null,
    last: values.at(-1) ?? null,
    curve: smallCurve(values.map((value, i) => [i + 1, value])),
    best,
    best_epoch: best === null ? null : values.indexOf(best) + 1,
    epochs_done: values.length,
    epochs_planned: 4,
    seconds: 2 * values.length,
    started_at_ms: 1000 * number,
    finished_at_ms: 1000 * number + 900,
    ...changes,
  };
}

export function madeSweep(trials: readonly TrialHead[], changes: Partial<LiveSweep> = {}): LiveSweep {
  return {
    id: 's0001',
    name: 'signs',
    state: 'running',
    reason: null,
    primary_metric: 'accuracy',
    plan: PLAN,
    created_at_ms: 500,
    started_at_ms: 600,
    finished_at_ms: null,
    active_ms: 0,
    best: null,
    epochs: { planned: 0, done: 0, saved: 0, saved_seconds: 0 },
    trial_count: trials.length,
    running_count: trials.filter(({ state }) => state === 'running').length,
    trials,
    ...changes,
  };
}
