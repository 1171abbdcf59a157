/** How far a run is, and how long it still takes. */

import type { EpochRow, RunSummary } from '../../../preload/contract/run.ts';

const RECENT_EPOCHS = 3;

/** The number of epochs the run was asked for; null where its hyperparameters do not say. */
export function plannedEpochs(run: RunSummary): number | null {
  const value = run.params['number_of_epochs'];
  return typeof value === 'number' && value > 0 ? value : null;
}

export function lastEpoch(run: RunSummary): EpochRow | null {
  return run.epochs.at(-1) ?? null;
}

/** Share of the epochs done, in [0, 1]; a run that ended early keeps the share it reached. */
export function doneFraction01(run: RunSummary): number {
  const planned = plannedEpochs(run);
  const done = lastEpoch(run)?.epoch ?? 0;
  return planned === null ? 0 : Math.min(1, done / planned);
}

/** Seconds spent in epochs, evaluation included. */
export function trainingSeconds(run: RunSummary): number {
  return run.epochs.reduce((sum, row) => sum + row.seconds, 0);
}

/** Seconds until the last planned epoch, judged by the latest ones; null unless the run is under way. */
export function secondsLeft(run: RunSummary): number | null {
  const planned = plannedEpochs(run);
  const recent = run.epochs.slice(-RECENT_EPOCHS);
  if (run.state !== 'running' || planned === null || recent.length === 0) return null;
  const perEpoch = recent.reduce((sum, row) => sum + row.seconds, 0) / recent.length;
  return Math.max(0, planned - recent.at(-1)!.epoch) * perEpoch;
}
