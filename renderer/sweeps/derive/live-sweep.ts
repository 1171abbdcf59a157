/** A sweep as it changes. */

import type { SweepEvent, SweepHead, TrialHead } from '../../../preload/contract/sweep.ts';

export interface LiveSweep extends SweepHead {
  /** In order of their numbers. */
  readonly trials: readonly TrialHead[];
}

/** What is known after an event; a trial told for the first time takes its place by number. */
export function withSweepEvent(before: LiveSweep | null, event: SweepEvent): LiveSweep | null {
  if (event.type === 'snapshot') return { ...event.sweep, trials: event.trials };
  if (before === null) return null;
  const plan = event.plan ?? before.plan;
  if (event.trials.length === 0) return { ...event.sweep, plan, trials: before.trials };
  const trials = [...before.trials];
  for (const trial of event.trials) {
    const at = trials[trial.number - 1]?.number === trial.number ? trial.number - 1 : placeFor(trials, trial.number);
    trials.splice(at, Number(trials[at]?.number === trial.number), trial);
  }
  return { ...event.sweep, plan, trials };
}

/** Where a trial of that number is, or belongs. */
function placeFor(trials: readonly TrialHead[], number: number): number {
  const at = trials.findIndex((trial) => trial.number >= number);
  return at < 0 ? trials.length : at;
}
