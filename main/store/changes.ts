/** How a reader notices, cheaply, what any connection and process has written. */

import type { ReadDb } from './db.ts';

/** A number that changes when any other connection has committed; it is asked from memory, not from the disk. */
export function dataVersion(db: ReadDb): number {
  return (db.prepare('PRAGMA data_version').get() as { data_version: number }).data_version;
}

/** The number of the latest change of runs, sweeps and trials; 0 before the first. */
export function latestRevision(db: ReadDb): number {
  return (db.prepare('SELECT coalesce(max(revision), 0) AS revision FROM revisions').get() as { revision: number })
    .revision;
}

export const CHANGED_SUBJECTS = 'SELECT subject FROM revisions WHERE revision > ? ORDER BY revision';

export const SWEEP_OF_RUN = 'SELECT sweep_id AS id FROM trials WHERE run_id = ?';

/** Ids of runs and sweeps that are not what they were at a revision, in the order of their latest changes. */
export function changesSince(
  db: ReadDb,
  revision: number,
): { readonly runs: ReadonlySet<string>; readonly sweeps: ReadonlySet<string> } {
  const [runs, sweeps] = [new Set<string>(), new Set<string>()];
  for (const { subject } of db.prepare(CHANGED_SUBJECTS).all(revision) as { subject: string }[]) {
    if (subject.startsWith('s')) sweeps.add(subject.split('/')[0]!);
    else runs.add(subject);
  }
  for (const run of runs) {
    const sweep = db.prepare(SWEEP_OF_RUN).get(run) as { id: string } | undefined;
    if (sweep !== undefined) sweeps.add(sweep.id);
  }
  return { runs, sweeps };
}
