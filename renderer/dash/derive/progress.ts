/** How far a run is, and how long it still takes. */

import type { RunHead } from '../../../preload/contract/run.ts';

/** The number of epochs the run was asked for; null where its hyperparameters do not say. */
export function plannedEpochs(run: RunHead): number | null {
  const value = run.params['number_of_epochs'];
  return typeof value === 'number' && value > 0 ? value : null;
}

/** Share of the epochs done, in [0, 1]; a run that ended early keeps the share it reached. */
export function doneFraction01(run: RunHead): number {
  const planned = plannedEpochs(run);
  const done = run.last_epoch?.epoch ?? 0;
  return planned === null ? 0 : Math.min(1, done / planned);
}

/** Seconds until the last planned epoch, judged by the latest ones; null unless the run is under way. */
export function secondsLeft(run: RunHead): number | null {
  const planned = plannedEpochs(run);
  const { last_epoch: last, recent_epoch_seconds: perEpoch } = run;
  if (run.state !== 'running' || planned === null || last === null || perEpoch === null) return null;
  return Math.max(0, planned - last.epoch) * perEpoch;
}
