/** Every run as lists show it, kept current: what has changed is read, the rest is remembered. */

import type { EpochRow, LastEpoch, RunHead, RunSummary } from '../../preload/contract/run.ts';
import { changesSince, latestRevision } from './changes.ts';
import type { ReadDb } from './db.ts';
import { runSummaries, runSummary } from './run-summaries.ts';
import { smallCurve } from './small-curve.ts';

const RECENT_EPOCHS = 3;

export class RunHeads {
  private readonly db: ReadDb;
  private revision: number | null = null;
  private readonly byId = new Map<string, RunHead>();

  constructor(db: ReadDb) {
    this.db = db;
  }

  /** Oldest first. */
  all(): RunHead[] {
    this.db.snapshot(() => {
      const before = this.revision;
      this.revision = latestRevision(this.db);
      if (before === this.revision) return;
      const changed =
        before === null
          ? runSummaries(this.db)
          : [...changesSince(this.db, before).runs].map((id) => runSummary(this.db, id));
      for (const run of changed) this.byId.set(run.id, headOf(run));
    });
    return [...this.byId.values()];
  }

  /** Null where there is none of that id. */
  get(id: string): RunHead | null {
    this.all();
    return this.byId.get(id) ?? null;
  }
}

/** A run without its epochs. */
export function headOf({ epochs, ...run }: RunSummary): RunHead {
  const recent = epochs.slice(-RECENT_EPOCHS);
  const sum = (rows: readonly EpochRow[]) => rows.reduce((total, { seconds }) => total + seconds, 0);
  const points = epochs.flatMap(({ epoch, metrics }): [number, number][] => {
    const value = metrics[run.primary_metric.name];
    return typeof value === 'number' ? [[epoch, value]] : [];
  });
  return {
    ...run,
    last_epoch: lastOf(epochs),
    seconds: sum(epochs),
    recent_epoch_seconds: recent.length === 0 ? null : sum(recent) / recent.length,
    curve: smallCurve(points),
  };
}

function lastOf(epochs: readonly EpochRow[]): LastEpoch | null {
  const last = epochs.at(-1);
  if (last === undefined) return null;
  const { metrics: _metrics, per_label_metrics: _classes, ...rest } = last;
  return rest;
}
