/** How a reader notices, cheaply, what other connections and processes have written. */

import type { ReadDb } from './db.ts';

/** A number that changes when any other connection has committed; it is asked from memory, not from the disk. */
export function dataVersion(db: ReadDb): number {
  return (db.prepare('PRAGMA data_version').get() as { data_version: number }).data_version;
}

/** For every run a text that changes with whatever `runSummary` would tell of it. */
export function runFingerprints(db: ReadDb): Map<string, string> {
  const rows = db
    .prepare(`
      SELECT runs.id, json_array(state, reason, notes_json, finished_at_ms, count(epoch), max(epoch),
                                 sum(train_loss), sum(seconds), thresholds_json) AS fingerprint
      FROM runs LEFT JOIN epochs ON run_id = runs.id
      GROUP BY runs.id`)
    .all() as { id: string; fingerprint: string }[];
  return new Map(rows.map((row) => [row.id, row.fingerprint]));
}
