/** Sweeps as every door shows them: their trials with curves, the best of them, and what the policy has saved. */

import type { SweepSummary } from '../../preload/contract/sweep.ts';
import type { ReadDb } from './db.ts';
import { LiveSweep } from './live-sweep.ts';
import { allSweeps } from './sweeps.ts';

/** Every sweep, oldest first. */
export function sweepSummaries(db: ReadDb): SweepSummary[] {
  return db.snapshot(() => allSweeps(db).map(({ id }) => sweepSummary(db, id)));
}

/** Errors: sweep-not-found. */
export function sweepSummary(db: ReadDb, id: string): SweepSummary {
  const sweep = new LiveSweep(db, id);
  sweep.refresh();
  return sweep.summary;
}
