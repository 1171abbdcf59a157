/** The learning curve of a run, one row per finished epoch. */

import type { EpochRow } from '../../preload/contract/run.ts';
import type { ReadDb, WriteDb } from './db.ts';

export interface NewEpoch extends EpochRow {
  /** Null for an epoch that was not evaluated. Readers find it among the metrics, as `valid_loss`. */
  readonly valid_loss: number | null;
}

interface StoredEpoch extends Omit<NewEpoch, 'metrics' | 'per_label_metrics'> {
  readonly metrics_json: string;
  readonly per_label_json: string | null;
}

/** Writes an epoch; one that a resumed run repeats replaces the earlier row. */
export function upsertEpoch(db: WriteDb, runId: string, row: NewEpoch): void {
  db.prepare(`
    INSERT INTO epochs (
      run_id, epoch, train_loss, valid_loss, learning_rate, metrics_json, per_label_json, seconds, images_per_second,
      data_wait_seconds)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (run_id, epoch) DO UPDATE SET
      train_loss = excluded.train_loss, valid_loss = excluded.valid_loss, learning_rate = excluded.learning_rate,
      metrics_json = excluded.metrics_json, per_label_json = excluded.per_label_json, seconds = excluded.seconds,
      images_per_second = excluded.images_per_second, data_wait_seconds = excluded.data_wait_seconds`).run(
    runId,
    row.epoch,
    row.train_loss,
    row.valid_loss,
    row.learning_rate,
    JSON.stringify(row.metrics),
    row.per_label_metrics == null ? null : JSON.stringify(row.per_label_metrics), // as below
    row.seconds,
    row.images_per_second,
    row.data_wait_seconds ?? null, // absent in what a checkpoint of before the column repeats
  );
}

/** Forgets the epochs after `lastEpoch`, which a run that resumes there will write anew. */
export function dropEpochsAfter(db: WriteDb, runId: string, lastEpoch: number): void {
  db.prepare('DELETE FROM epochs WHERE run_id = ? AND epoch > ?').run(runId, lastEpoch);
}

/** The curve of a run in order of its epochs. */
export function epochsOf(db: ReadDb, runId: string): EpochRow[] {
  const rows = db.prepare('SELECT * FROM epochs WHERE run_id = ? ORDER BY epoch').all(runId) as StoredEpoch[];
  return rows.map(toEpoch);
}

function toEpoch(row: StoredEpoch): EpochRow {
  const metrics = JSON.parse(row.metrics_json) as EpochRow['metrics'];
  return {
    epoch: row.epoch,
    train_loss: row.train_loss,
    metrics: row.valid_loss === null ? metrics : { ...metrics, valid_loss: row.valid_loss },
    per_label_metrics:
      row.per_label_json === null ? null : (JSON.parse(row.per_label_json) as EpochRow['per_label_metrics']),
    learning_rate: row.learning_rate,
    seconds: row.seconds,
    images_per_second: row.images_per_second,
    data_wait_seconds: row.data_wait_seconds,
  };
}
