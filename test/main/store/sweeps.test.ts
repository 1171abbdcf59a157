import { expect, test } from 'vitest';
import { CHANGED_SUBJECTS, changesSince, latestRevision, SWEEP_OF_RUN } from '../../../main/store/changes.ts';
import { dropEpochsAfter, type NewEpoch, upsertEpoch } from '../../../main/store/epochs.ts';
import { CHANGED_TRIALS, LiveSweep } from '../../../main/store/live-sweep.ts';
import { headOf, RunHeads } from '../../../main/store/run-heads.ts';
import { runSummaries } from '../../../main/store/run-summaries.ts';
import { createRun, placeRun, startRun } from '../../../main/store/runs.ts';
import { smallCurve } from '../../../main/store/small-curve.ts';
import { sweepSummary } from '../../../main/store/sweep-summaries.ts';
import { createSweep, finishSweep, startSweep } from '../../../main/store/sweeps.ts';
import { CURVE_OF_TRIAL, CURVES_OF_SWEEP } from '../../../main/store/trial-curves.ts';
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
import { PLAN } from '../../kit/made-sweeps.ts';
import { newProject } from '../../kit/projects.ts';
import { newRun } from '../../kit/runs.ts';

const plan: SweepPlan = {
  ...PLAN,
  name: 'test',
  space: { shared: { learning_rate: { type: 'uniform', min: 0, max: 1 } }, branches: [] },
  iterations: 3,
};

const anEpoch = (epoch: number): NewEpoch => ({
  ...{ epoch, train_loss: 1, valid_loss: null, metrics: { accuracy: epoch / 10 } },
  ...{ learning_rate: 0.01, seconds: 1.5, images_per_second: 1, data_wait_seconds: null, per_label_metrics: null },
});

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

test('a sweep that is kept current reads what has changed, and is then what one read anew would be', () => {
  const { db, sweep } = made();
  const live = new LiveSweep(db, sweep);
  const numbers = () => live.refresh().map(({ number }) => number);

  expect(numbers()).toEqual([1, 2, 3]);
  expect(numbers()).toEqual([]);
  startSweep(db, sweep, 5);
  expect(numbers()).toEqual([]);
  claimNext(db, sweep, 6);
  placeRun(db, 'r0003', 'cuda:0');
  expect(numbers()).toEqual([1, 3]);
  upsertEpoch(db, 'r0002', anEpoch(3));
  expect(numbers()).toEqual([2]);
  dropEpochsAfter(db, 'r0002', 1);
  upsertEpoch(db, 'r0002', anEpoch(2));
  expect(numbers()).toEqual([2]);
  const configuration = { learning_rate: 0.2 };
  addTrial(db, { sweep_id: sweep, number: 4, configuration, run_id: null, reason: 'no such model', created_at_ms: 9 });
  expect(numbers()).toEqual([4]);
  expect(live.summary).toEqual(sweepSummary(db, sweep));
  expect(live.summary.trials[3]).toMatchObject({ state: 'failed', duplicate_of: 2 });
});

test('runs and sweeps that changed are told by their ids, those of an epoch with the sweep of its trial', () => {
  const { db, sweep } = made();
  const other = createRun(db, newRun());
  const before = latestRevision(db);
  const since = () => {
    const { runs, sweeps } = changesSince(db, before);
    return [[...runs], [...sweeps]];
  };

  expect(since()).toEqual([[], []]);
  startRun(db, other, 3);
  expect(since()).toEqual([[other], []]);
  upsertEpoch(db, 'r0002', anEpoch(3));
  expect(since()).toEqual([[other, 'r0002'], [sweep]]);
});

test('heads of runs are kept current, and are those of the whole runs', () => {
  const { db } = made();
  const heads = new RunHeads(db);
  const before = heads.all();

  upsertEpoch(db, 'r0003', anEpoch(4));
  const after = heads.all();

  expect(before[2]).toMatchObject({
    last_epoch: { epoch: 3 },
    seconds: 4.5,
    curve: [
      [1, 0.1],
      [3, 0.3],
    ],
  });
  expect(after[0]).toBe(before[0]);
  expect(after).toEqual(runSummaries(db).map(headOf));
  expect(heads.get('r0009')).toBeNull();
});

test('a small curve keeps first, last and best of many points', () => {
  const points = Array.from({ length: 1000 }, (_, i) => [i + 1, i === 700 ? 0.98765432 : 0.5] as const);

  const small = smallCurve(points);

  expect(small.length).toBe(32);
  expect([small[0], small.at(-1)]).toEqual([
    [1, 0.5],
    [1000, 0.5],
  ]);
  expect(small).toContainEqual([701, 0.98765]);
});

test('claiming and curves go by indexes', () => {
  const { db } = made();
  const planOf = (sql: string, ...values: string[]) =>
    (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[])
      .map(({ detail }) => detail)
      .join('\n');

  expect(planOf(CLAIM_NEXT, '1', 's', 's')).toContain('INDEX trials_by_state (sweep_id=? AND state=?)');
  expect(planOf(CURVES_OF_SWEEP, 'accuracy', 's')).not.toContain('SCAN');
  expect(planOf(CURVE_OF_TRIAL, 'accuracy', 's', '1')).not.toContain('SCAN');
  expect(planOf(CHANGED_SUBJECTS, '1')).toContain('revisions_in_order (revision>?)');
  expect(planOf(CHANGED_TRIALS, '1', 's', '1', 's')).not.toMatch(/SCAN (revisions|trials)/);
  expect(planOf(SWEEP_OF_RUN, 'r')).not.toContain('SCAN');
});
