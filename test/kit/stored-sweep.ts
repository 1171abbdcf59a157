/** A sweep in a project's store, as one that ran there would have left it. */

import { upsertEpoch } from '../../main/store/epochs.ts';
import type { WriteProject } from '../../main/store/project.ts';
import { createRun } from '../../main/store/runs.ts';
import { createSweep, startSweep } from '../../main/store/sweeps.ts';
import { addTrial, claimNext, finishTrial } from '../../main/store/trials.ts';
import { madeEpoch } from './made-runs.ts';
import { PLAN } from './made-sweeps.ts';
import { newRun } from './runs.ts';

/** An epoch of a run, of that accuracy. */
export function storeEpoch({ db }: WriteProject, run: string, epoch: number, accuracy: number): void {
  const row = madeEpoch(epoch);
  upsertEpoch(db, run, { ...row, metrics: { ...row.metrics, accuracy }, valid_loss: 0.5 });
}

/** A running sweep of so many trials of four epochs each; the last of them is running. Returns its id. */
export function storeSweep(project: WriteProject, count: number): string {
  const { db } = project;
  const plan = { ...PLAN, iterations: count };
  const facts = { source_text: '', devices: ['cpu'], primary_metric: 'accuracy', created_at_ms: 1 };
  const sweep = createSweep(db, { plan, ...facts });
  startSweep(db, sweep, 2);
  db.transaction(() => {
    for (let number = 1; number <= count; number++) {
      const run = createRun(db, newRun({ params: { number_of_epochs: 4 } }));
      const rate = 0.003 * 1.3 ** (number % 9);
      const configuration = { learning_rate: rate, momentum: ((number * 7) % 10) / 10 };
      addTrial(db, { sweep_id: sweep, number, configuration, run_id: run, reason: null, created_at_ms: 3 });
      const trial = claimNext(db, sweep, 10_000 * number)!;
      const epochs = number === count ? 1 : number % 3 === 0 ? 2 : 4;
      for (let epoch = 1; epoch <= epochs; epoch++) storeEpoch(project, run, epoch, Math.min(0.95, 0.2 * epoch + rate));
      if (number === count) continue;
      const [state, reason] = epochs === 2 ? (['stopped', 'bandit: stopped'] as const) : (['completed', null] as const);
      finishTrial(db, trial, state, reason, 10_000 * number + 9_000);
    }
  });
  return sweep;
}
