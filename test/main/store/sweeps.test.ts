import { expect, test } from 'vitest';
import { upsertEpoch } from '../../../main/store/epochs.ts';
import { createRun } from '../../../main/store/runs.ts';
import { CURVES_OF_SWEEP, sweepFingerprints, sweepSummary } from '../../../main/store/sweep-summaries.ts';
import { createSweep, finishSweep, startSweep } from '../../../main/store/sweeps.ts';
import {
  addTrial,
  CLAIM_NEXT,
  claimNext,
  finishTrial,
  requeueTrial,
  returnTrial,
  trialsOf,
} from '../../../main/store/trials.ts';
import type { SweepPlan } from '../../../preload/contract/sweep-plan.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { newProject } from '../../kit/projects.ts';
import { newRun } from '../../kit/runs.ts';

const plan: SweepPlan = {
  name: 'test',
  task: null,
  sampling: { algorithm: 'random', seed: 0, rule: 'random' },
  space: { shared: { learning_rate: { type: 'uniform', min: 0, max: 1 } }, branches: [] },
  iterations: 3,
  max_concurrent_iterations: null,
  experiment_timeout_hours: 168,
  trial_timeout_minutes: null,
  early_termination_policy: { type: 'none' },
  arguments: {},
  is_automatic: false,
};

/** A sweep of three queued trials, whose curves are 0.1, 0.2 …, of as many epochs as the trial's number. */
function made() {
  const { db } = newProject();
  const sweep = createSweep(db, {
    source_text: 'x',
    plan,
    devices: ['cpu'],
    primary_metric: 'accuracy',
    created_at_ms: 1,
  });
  for (const number of [1, 2, 3]) {
    const run = createRun(db, newRun({ params: { number_of_epochs: 4 } }));
    const configuration = { learning_rate: number === 3 ? 0.1 : number / 10 };
    addTrial(db, { sweep_id: sweep, number, configuration, run_id: run, reason: null, created_at_ms: 2 });
    for (let epoch = 1; epoch <= number; epoch++) {
      const metrics = { accuracy: epoch === 2 ? null : epoch / 10 };
      const rest = {
        learning_rate: 0.01,
        seconds: 1.5,
        images_per_second: 1,
        data_wait_seconds: null,
        per_label_metrics: null,
      };
      upsertEpoch(db, run, { epoch, train_loss: 1, valid_loss: null, metrics, ...rest });
    }
  }
  return { db, sweep };
}

test('trials are claimed in order, once each, and every try counts but those that were put aside', () => {
  const { db, sweep } = made();

  const claimed = [1, 2, 3, 4].map(() => claimNext(db, sweep, 9)?.number ?? null);
  returnTrial(db, { sweep_id: sweep, number: 2 }, false);
  returnTrial(db, { sweep_id: sweep, number: 3 }, true);

  expect(claimed).toEqual([1, 2, 3, null]);
  expect(trialsOf(db, sweep).map(({ state, attempts }) => [state, attempts])).toEqual([
    ['running', 1],
    ['queued', 0],
    ['queued', 1],
  ]);
  expect(claimNext(db, sweep, 9)).toMatchObject({ number: 2, attempts: 1 });
});

test('a step from the wrong state is refused by name', async () => {
  const { db, sweep } = made();
  const trial = { sweep_id: sweep, number: 1 };

  expect((await appErrorOf(() => finishTrial(db, trial, 'completed', null, 1))).message).toBe(
    'cannot end as completed trial 1 of sweep s0001: it is queued',
  );
  expect((await appErrorOf(() => requeueTrial(db, sweep, 9))).message).toBe(
    'cannot train again trial 9 of sweep s0001: there is none of that number',
  );
  expect((await appErrorOf(() => finishSweep(db, sweep, 'completed', null, 1))).code).toBe('sweep-wrong-state');
  expect((await appErrorOf(() => sweepSummary(db, 's0009'))).message).toBe(
    'there is no sweep "s0009"; the latest sweep is s0001',
  );
});

test('a summary has curves of evaluated epochs, the best trial, what was spared, and which trials are alike', () => {
  const { db, sweep } = made();
  startSweep(db, sweep, 5);
  for (const number of [1, 2, 3]) {
    claimNext(db, sweep, 6);
    finishTrial(db, { sweep_id: sweep, number }, number === 2 ? 'stopped' : 'completed', null, 7);
  }

  const { trials, best, epochs } = sweepSummary(db, sweep);

  expect(
    trials.map(({ values, best: value, best_epoch, epochs_done, seconds, duplicate_of }) => ({
      values,
      value,
      best_epoch,
      epochs_done,
      seconds,
      duplicate_of,
    })),
  ).toEqual([
    { values: [0.1], value: 0.1, best_epoch: 1, epochs_done: 1, seconds: 1.5, duplicate_of: null },
    { values: [0.1], value: 0.1, best_epoch: 1, epochs_done: 2, seconds: 3, duplicate_of: null },
    { values: [0.1, 0.3], value: 0.3, best_epoch: 3, epochs_done: 3, seconds: 4.5, duplicate_of: 1 },
  ]);
  expect(best).toEqual({ trial: 3, run: 'r0003', value: 0.3, epoch: 3 });
  expect(epochs).toEqual({ planned: 12, done: 6, saved: 2, saved_seconds: 3 });
});

test('a fingerprint changes with states, decisions and epochs', () => {
  const { db, sweep } = made();
  const seen = [sweepFingerprints(db).get(sweep)];
  startSweep(db, sweep, 5);
  seen.push(sweepFingerprints(db).get(sweep));
  claimNext(db, sweep, 6);
  seen.push(sweepFingerprints(db).get(sweep));
  const rest = {
    learning_rate: 0.01,
    seconds: 1.5,
    images_per_second: 1,
    data_wait_seconds: null,
    per_label_metrics: null,
  };
  upsertEpoch(db, 'r0001', { epoch: 2, train_loss: 1, valid_loss: null, metrics: {}, ...rest });
  seen.push(sweepFingerprints(db).get(sweep));

  expect(new Set(seen).size).toBe(4);
});

test('claiming and curves go by indexes', () => {
  const { db } = made();
  const planOf = (sql: string, ...values: string[]) =>
    (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[])
      .map(({ detail }) => detail)
      .join('\n');

  expect(planOf(CLAIM_NEXT, '1', 's', 's')).toContain('INDEX trials_by_state (sweep_id=? AND state=?)');
  expect(planOf(CURVES_OF_SWEEP, 'accuracy', 's')).not.toContain('SCAN');
});
