import { expect, test } from 'vitest';
import { dropEpochsAfter, type NewEpoch, upsertEpoch } from '../../../main/store/epochs.ts';
import { runSummaries, runSummary } from '../../../main/store/run-summaries.ts';
import { addRunNotes, createRun, finishRun, resumeRun, runById, startRun } from '../../../main/store/runs.ts';
import { RunSummary } from '../../../preload/contract/run.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { newProject } from '../../kit/projects.ts';
import { newRun } from '../../kit/runs.ts';

function epoch(number: number, accuracy: number | null): NewEpoch {
  return {
    epoch: number,
    train_loss: 1 / number,
    valid_loss: accuracy === null ? null : 0.5,
    learning_rate: 0.01,
    metrics: accuracy === null ? {} : { accuracy },
    seconds: 2,
    images_per_second: 40,
    data_wait_seconds: 0.125,
    per_label_metrics: null,
  };
}

test('a run comes back as it was created, with an id that counts', () => {
  const { db } = newProject();
  const run = newRun({ weights: { file: 'a.safetensors' } });

  const ids = [createRun(db, run), createRun(db, newRun())];

  expect(ids).toEqual(['r0001', 'r0002']);
  expect(runById(db, 'r0001')).toEqual({
    ...run,
    id: 'r0001',
    state: 'queued',
    reason: null,
    thresholds: null,
    started_at_ms: null,
    finished_at_ms: null,
  });
});

test('what each class was worth comes back with its epoch', () => {
  const { db } = newProject();
  const id = createRun(db, newRun());
  const per_label_metrics = [
    { label: 'nut', average_precision: 0.5, precision: 0.75, recall: null },
    { label: 'fig', average_precision: null, precision: null, recall: null },
  ];

  upsertEpoch(db, id, epoch(1, 0.5));
  upsertEpoch(db, id, { ...epoch(1, 0.5), per_label_metrics });
  upsertEpoch(db, id, epoch(2, null));

  expect(runSummary(db, id).epochs.map((row) => row.per_label_metrics)).toEqual([per_label_metrics, null]);
});

test('a summary follows the contract and finds the first best epoch', () => {
  const { db } = newProject();
  const id = createRun(db, newRun());
  startRun(db, id, 10);
  for (const [number, accuracy] of [
    [1, 0.5],
    [2, 0.75],
    [3, null],
    [4, 0.75],
  ] as const) {
    upsertEpoch(db, id, epoch(number, accuracy));
  }
  addRunNotes(db, id, ['the head was replaced']);

  finishRun(db, id, 'completed', null, 99);

  const summary = RunSummary.parse(runSummary(db, id));
  expect(summary).toMatchObject({
    state: 'completed',
    finished_at_ms: 99,
    notes: ['trained from scratch', 'the head was replaced'],
    primary_metric: { name: 'accuracy', best: 0.75, epoch: 2 },
  });
  expect(summary.epochs[0]!.metrics).toEqual({ accuracy: 0.5, valid_loss: 0.5 });
  expect(summary.epochs[2]!.metrics).toEqual({});
  expect(runSummaries(db)).toEqual([summary]);
});

test('a run without an evaluated epoch has no best value', () => {
  const { db } = newProject();
  const id = createRun(db, newRun());

  expect(runSummary(db, id).primary_metric).toEqual({ name: 'accuracy', best: null, epoch: null });
});

test('an epoch that a resumed run repeats replaces the earlier row', () => {
  const { db } = newProject();
  const id = createRun(db, newRun());
  for (const number of [1, 2, 3]) upsertEpoch(db, id, epoch(number, 0.1));

  dropEpochsAfter(db, id, 2);
  upsertEpoch(db, id, epoch(2, 0.9));

  expect(runSummary(db, id).epochs.map((row) => [row.epoch, row.metrics['accuracy']])).toEqual([
    [1, 0.1],
    [2, 0.9],
  ]);
});

test('a failed or cancelled run may be resumed, a completed one may not', async () => {
  const { db } = newProject();
  const id = createRun(db, newRun());
  startRun(db, id, 1);
  finishRun(db, id, 'failed', 'out of memory', 2);

  resumeRun(db, id);
  const resumed = runById(db, id);
  finishRun(db, id, 'completed', null, 3);
  const error = await appErrorOf(() => resumeRun(db, id));

  expect([resumed.state, resumed.reason, resumed.finished_at_ms]).toEqual(['running', null, null]);
  expect([error.code, error.message]).toEqual(['run-not-resumable', 'cannot resume run r0001: it is completed']);
});

test('steps that the present state does not allow are refused and change nothing', async () => {
  const { db } = newProject();
  const id = createRun(db, newRun());

  const early = await appErrorOf(() => finishRun(db, id, 'completed', null, 1));
  finishRun(db, id, 'cancelled', 'stopped before it began', 2);
  const late = await appErrorOf(() => startRun(db, id, 3));

  expect([early.code, late.code]).toEqual(['run-wrong-state', 'run-wrong-state']);
  expect(runById(db, id)).toMatchObject({ state: 'cancelled', started_at_ms: null, finished_at_ms: 2 });
});

test('an unknown run is named, with the latest one as a hint', async () => {
  const { db } = newProject();
  createRun(db, newRun());

  const error = await appErrorOf(() => runSummary(db, 'r0042'));

  expect([error.code, error.message]).toEqual(['run-not-found', 'there is no run "r0042"; the latest run is r0001']);
});
