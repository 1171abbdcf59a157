/** Runs as every door shows them: state, settings, curve and best primary metric. */

import type { EpochRow, PrimaryMetric, RunSummary } from '../../preload/contract/run.ts';
import type { ReadDb } from './db.ts';
import { epochsOf } from './epochs.ts';
import { allShownRuns, findShownRun, noRun, type ShownRun } from './runs.ts';
import { trialOfRun, trialsByRun } from './trials.ts';

/** Every run, oldest first. */
export function runSummaries(db: ReadDb): RunSummary[] {
  return db.snapshot(() => {
    const trials = trialsByRun(db);
    return allShownRuns(db).map((run) => toSummary(run, epochsOf(db, run.id), trials.get(run.id) ?? null));
  });
}

/**
 * One run.
 * Errors: run-not-found.
 */
export function runSummary(db: ReadDb, id: string): RunSummary {
  const found = findRunSummary(db, id);
  if (found === null) throw noRun(db, id);
  return found;
}

/** One run; null where there is none of that id. */
export function findRunSummary(db: ReadDb, id: string): RunSummary | null {
  return db.snapshot(() => {
    const run = findShownRun(db, id);
    return run === null ? null : toSummary(run, epochsOf(db, id), trialOfRun(db, id));
  });
}

function toSummary(run: ShownRun, epochs: EpochRow[], trial: RunSummary['trial']): RunSummary {
  return {
    id: run.id,
    state: run.state,
    reason: run.reason,
    model: run.model,
    device: run.device,
    params: { ...run.params },
    notes: [...run.notes],
    trial,
    created_at_ms: run.created_at_ms,
    finished_at_ms: run.finished_at_ms,
    primary_metric: bestOf(run.primary_metric, epochs),
    thresholds: run.thresholds,
    epochs,
  };
}

/** Primary metrics are maximised, and the first of equal epochs counts: a tie is no improvement. */
function bestOf(name: string, epochs: readonly EpochRow[]): PrimaryMetric {
  let best: number | null = null;
  let epoch: number | null = null;
  for (const row of epochs) {
    const value = row.metrics[name];
    if (value === undefined || value === null || (best !== null && value <= best)) continue;
    best = value;
    epoch = row.epoch;
  }
  return { name, best, epoch };
}
