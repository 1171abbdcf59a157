/** A sweep as it changes. */

import type { SweepEvent, SweepSummary } from '../../../preload/contract/sweep.ts';

/** What is known after an event; a trial told for the first time takes its place by number. */
export function withSweepEvent(before: SweepSummary | null, event: SweepEvent): SweepSummary | null {
  if (event.type === 'snapshot') return event.sweep;
  if (before === null) return null;
  const trials = new Map(before.trials.map((trial) => [trial.number, trial]));
  for (const trial of event.trials) trials.set(trial.number, trial);
  const { trial_count: _count, running_count: _running, ...sweep } = event.sweep;
  return { ...sweep, trials: [...trials.values()].sort((a, b) => a.number - b.number) };
}
