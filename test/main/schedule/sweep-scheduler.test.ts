import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Measure, MemoryGate } from '../../../main/schedule/memory-gate.ts';
import { changeSweep } from '../../../main/schedule/sweep-changes.ts';
import { leaveRequest } from '../../../main/schedule/sweep-requests.ts';
import { trialLogFile } from '../../../main/schedule/trial-log.ts';
import type { WriteProject } from '../../../main/store/project.ts';
import { runSummary } from '../../../main/store/run-summaries.ts';
import { runById } from '../../../main/store/runs.ts';
import { sweepSummary } from '../../../main/store/sweep-summaries.ts';
import { markInterrupted } from '../../../main/store/sweeps.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import type { SweepRequest } from '../../../preload/contract/sweep.ts';
import type { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { plannedSweep, rateOf, sweepFile, trialStates } from '../../kit/planned-sweep.ts';

const ask = (project: WriteProject, id: string, request: SweepRequest) => leaveRequest(project, id, request, 1);

test('every trial is a run, in the order of the sampler, and the best is known', async () => {
  const { run, summary, project } = await plannedSweep({
    trainer: { accuracy: (params, epoch) => rateOf(params) + epoch / 64 },
  });

  await run();

  const sweep = summary();
  expect(sweep).toMatchObject({
    state: 'completed',
    reason: null,
    best: { trial: 3, run: 'r0003', value: 0.3 + 4 / 64, epoch: 4 },
  });
  expect(sweep.trials.map(({ configuration }) => configuration['learning_rate'])).toEqual([0.1, 0.2, 0.3]);
  expect(sweep.trials[0]).toMatchObject({
    run: 'r0001',
    state: 'completed',
    attempts: 1,
    epochs_done: 4,
    best: 0.1 + 4 / 64,
  });
  expect(runSummary(project.db, 'r0002')).toMatchObject({ trial: { sweep: 's0001', number: 2 }, state: 'completed' });
});

test('a grid that is smaller than the budget ends the sweep earlier', async () => {
  const { run, summary } = await plannedSweep({ text: sweepFile({ trials: 100 }) });

  await run();

  expect(trialStates(summary())).toEqual(new Array(6).fill('completed'));
});

test('the policy ends a trial with its numbers, and the epochs it was spared are counted', async () => {
  const more = 'early_termination_policy: {type: bandit, slack_factor: 0.1, evaluation_interval: 2}';
  const { run, summary, project } = await plannedSweep({
    text: sweepFile({ more }),
    trainer: { accuracy: (params) => 1 - rateOf(params) },
  });

  await run();

  const { trials, epochs } = summary();
  expect(trialStates({ trials })).toEqual(['completed', 'stopped', 'stopped']);
  expect(trials[1]).toMatchObject({
    epochs_done: 2,
    decision: { policy: 'bandit', interval: 2, is_stopped: true, value: 0.8 },
    reason: expect.stringContaining('limit 0.8182 = 0.9 / (1 + 0.1)'),
  });
  expect(trials[0]!.decision).toMatchObject({ is_stopped: false, interval: 2 });
  expect(epochs).toEqual({ planned: 12, done: 8, saved: 4, saved_seconds: 8 });
  expect(readFileSync(trialLogFile(project, 'r0002'), 'utf8')).toContain('stopped at interval 2: best so far 0.8');
});

test('so many trials run at a time as there are places', async () => {
  let [now, most] = [0, 0];
  const { run, fake } = await plannedSweep({
    text: sweepFile({ trials: 6, epochs: 1 }),
    slots: 2,
    trainer: {
      beforeEpoch: async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 2));
        now--;
      },
    },
  });

  await run();

  expect(most).toBe(2);
  expect(fake.begun.length).toBe(6);
});

test('a trial that fails is tried once more from its last epoch, then recorded with its reason and log', async () => {
  const failures = new Map<string, number>();
  const { run, summary, project, told } = await plannedSweep({
    trainer: {
      beforeEpoch: (id, epoch) => {
        const failed = failures.get(id) ?? 0;
        if (epoch !== 3 || id === 'r0003' || failed >= (id === 'r0001' ? 1 : 2)) return;
        failures.set(id, failed + 1);
        throw new AppError('training-process-died', 'the training process died (signal SIGSEGV)\nlast words');
      },
    },
  });

  await run();

  const { trials } = summary();
  expect(trialStates({ trials })).toEqual(['completed', 'failed', 'completed']);
  expect(trials.map(({ attempts }) => attempts)).toEqual([2, 2, 1]);
  expect(trials[1]).toMatchObject({ reason: expect.stringContaining('signal SIGSEGV'), epochs_done: 2 });
  expect(told).toEqual([
    '1 running',
    '1 queued',
    '1 running',
    '1 completed',
    '2 running',
    '2 queued',
    '2 running',
    '2 failed',
    '3 running',
    '3 completed',
  ]);
  const log = readFileSync(trialLogFile(project, 'r0002'), 'utf8');
  expect(log.match(/attempt 2/g)?.length).toBe(1);
  expect(log).toContain('training-process-died: the training process died');
  expect(log).toContain('last words');
});

test('a draw that its model does not take is a failed trial without a run, and the sweep goes on', async () => {
  const text = `
hyperparameter_sampling:
  space: {model_name: resnet18, learning_rate: 'normal(0.5, 1)'}
iterations: 6
arguments: {number_of_epochs: 1}`;
  const { run, summary } = await plannedSweep({ text });

  await run();

  const { trials } = summary();
  const failed = trials.filter(({ state }) => state === 'failed');
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.every(({ run: id, reason }) => id === null && reason?.includes('learning_rate must be'))).toBe(true);
  expect(trials.filter(({ state }) => state === 'completed').length).toBe(6 - failed.length);
});

test('paused after the epoch it is at, and gone on with, a sweep is what it would have been', async () => {
  const whole = await plannedSweep({ trainer: { accuracy: rateOf } });
  await whole.run();
  const requests: SweepRequest[] = [{ action: 'pause' }];
  const parted = await plannedSweep({
    trainer: {
      accuracy: rateOf,
      beforeEpoch: async (id, epoch) => {
        if (id !== 'r0002' || epoch !== 2 || requests.length === 0) return;
        ask(parted.project, parted.id, requests.pop()!);
        await new Promise((resolve) => setTimeout(resolve, 300)); // longer than it takes to notice a request
      },
    },
  });

  await parted.run();
  const paused = parted.summary();
  await parted.run();

  expect(paused.state).toBe('paused');
  expect(trialStates(paused)).toEqual(['completed', 'queued']);
  expect(paused.trials[1]!.epochs_done).toBe(2);
  expect(parted.summary().trials.map(({ values, configuration }) => ({ values, configuration }))).toEqual(
    whole.summary().trials.map(({ values, configuration }) => ({ values, configuration })),
  );
  expect(parted.summary().trials[1]!.attempts).toBe(1);
});

test('when the time of the experiment or of a trial is up, what runs is cancelled and what was done stays', async () => {
  const timed = async (more: string, hours: number) => {
    const made = await plannedSweep({
      text: sweepFile({ more }),
      trainer: {
        beforeEpoch: async (id, epoch) => {
          if (id !== 'r0002' || epoch !== 3) return;
          (made.project.clock as FakeClock).advance(hours * 3_600_000);
          await new Promise((resolve) => setTimeout(resolve, 300));
        },
      },
    });
    await made.run();
    return made.summary();
  };

  const experiment = await timed('experiment_timeout_hours: 2', 3);
  const trial = await timed('trial_timeout_minutes: 30', 1);

  expect(experiment).toMatchObject({ state: 'stopped', reason: 'experiment_timeout_hours 2 is over' });
  expect(trialStates(experiment)).toEqual(['completed', 'cancelled']);
  expect(trial.state).toBe('completed');
  expect(trialStates(trial)).toEqual(['completed', 'cancelled', 'completed']);
  expect(trial.trials[1]).toMatchObject({ reason: 'trial_timeout_minutes 30 is over', epochs_done: 2 });
});

test('what a dead program left running goes on from its last epoch, and the policy judges it first', async () => {
  const more = 'early_termination_policy: {type: bandit, slack_factor: 0.1, delay_evaluation: 2}';
  const stop = new AbortController();
  const { run, summary, project } = await plannedSweep({
    text: sweepFile({ more }),
    trainer: {
      accuracy: (params) => 1 - rateOf(params),
      beforeEpoch: (id, epoch) => {
        if (id === 'r0002' && epoch === 2) stop.abort();
      },
    },
  });
  await run({ signal: stop.signal });
  // as if the second epoch had been written down and nothing after it
  const { db } = project;
  const first = db.prepare("SELECT * FROM epochs WHERE run_id = 'r0002'").get() as Record<string, never>;
  db.prepare('INSERT INTO epochs VALUES (?, 2, ?, ?, ?, ?, ?, ?, ?, ?)').run(
    ...([
      'run_id',
      'train_loss',
      'valid_loss',
      'learning_rate',
      'metrics_json',
      'seconds',
      'images_per_second',
      'data_wait_seconds',
      'per_label_json',
    ].map((key) => first[key]) as never[]),
  );
  db.prepare("UPDATE sweeps SET state = 'running'").run();
  db.prepare("UPDATE trials SET state = 'running', attempts = 1 WHERE number = 2").run();
  markInterrupted(db, 'died', 5);
  const interrupted = summary();

  await run();

  expect(interrupted).toMatchObject({ state: 'interrupted', reason: 'died' });
  expect(interrupted.trials[1]).toMatchObject({ state: 'queued', attempts: 0, epochs_done: 2 });
  expect(summary().trials[1]).toMatchObject({ state: 'stopped', epochs_done: 2, decision: { interval: 2 } });
  expect(runById(db, 'r0002')).toMatchObject({
    state: 'cancelled',
    reason: expect.stringContaining('bandit: stopped'),
  });
  expect(summary().state).toBe('completed');
});

test('what does not fit beside others waits, and what does not fit alone has its batch halved', async () => {
  const measured: number[] = [];
  const measure: Measure = async ({ params }) => {
    measured.push(Number(params['training_batch_size']));
    return Number(params['training_batch_size']) * 10;
  };
  const fixed = sweepFile({ trials: 2, epochs: 1 }).replace(
    '{number_of_epochs',
    '{training_batch_size: 6, number_of_epochs',
  );
  const beside = await plannedSweep({ text: fixed, slots: 2, parts: { gate: new MemoryGate(measure, 100) } });
  await beside.run();
  const alone = await plannedSweep({ text: fixed, parts: { gate: new MemoryGate(measure, 35) } });
  await alone.run();

  expect(beside.told).toEqual([
    '1 running',
    'waits until there is memory for it',
    '1 completed',
    '2 running',
    '2 completed',
  ]);
  expect(beside.fake.begun.map(({ batch }) => batch)).toEqual([null, null]);
  expect(alone.fake.begun.map(({ batch }) => batch)).toEqual([3, 3]);
  expect(runById(alone.project.db, 'r0001').notes.join()).toContain(
    'training_batch_size 6 needs more memory than the 0.0 GiB there are: goes on with 3, and grad_accumulation_step 2',
  );
  expect(measured).toEqual([6, 6, 3]); // once for all trials that are alike
});

test('a sweep cannot be begun twice, and one that cannot be run says why', async () => {
  const { run, id, project } = await plannedSweep();
  const first = run();

  expect((await appErrorOf(run)).message).toContain(`cannot start sweep ${id}: it is running`);
  await first;
  project.db.prepare('DELETE FROM labels').run();
  project.db.prepare('UPDATE images SET is_labelled = 0').run();
  changeSweep(project, id, { action: 'add', count: 1 });
  const error = await appErrorOf(run);

  expect(error.code).toBe('too-few-images');
  expect(sweepSummary(project.db, id)).toMatchObject({ state: 'stopped', reason: error.message });
  expect(existsSync(trialLogFile(project, 'r0001'))).toBe(true);
});
