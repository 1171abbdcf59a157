import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../main/engine.ts';
import { doorsTo } from '../../../main/ipc/attach.ts';
import { takeRequests } from '../../../main/schedule/sweep-requests.ts';
import { upsertEpoch } from '../../../main/store/epochs.ts';
import type { WriteProject } from '../../../main/store/project.ts';
import { createRun } from '../../../main/store/runs.ts';
import { createSweep, startSweep } from '../../../main/store/sweeps.ts';
import { addTrial, claimNext, finishTrial } from '../../../main/store/trials.ts';
import type { SweepEvent } from '../../../preload/contract/sweep.ts';
import { appErrorOf, clientOverPort, type EngineClient } from '../../../renderer/app/engine/client.ts';
import { FakeClock } from '../../kit/clock.ts';
import { tempFolder } from '../../kit/folders.ts';
import { madeEpoch } from '../../kit/made-runs.ts';
import { PLAN } from '../../kit/made-sweeps.ts';
import { newProject } from '../../kit/projects.ts';
import { newRun } from '../../kit/runs.ts';

/** A window's way to an engine on the project. */
function clientOf(project: WriteProject): EngineClient {
  const engine = openEngine(project.folder, {
    clock: new FakeClock(),
    logBug: () => {},
    home: tempFolder(),
    threads: 2,
  });
  const { port1, port2 } = new MessageChannel();
  doorsTo(engine, () => {}).attachPort(port1 as unknown as MessagePort);
  onTestFinished(async () => {
    port2.close();
    await engine.close();
  });
  return clientOverPort(port2 as unknown as MessagePort);
}

/** A running sweep of two trials, of which this process is the writer. */
function madeProject(): { project: WriteProject; id: string } {
  const project = newProject();
  const { db } = project;
  const id = createSweep(db, {
    source_text: '',
    plan: PLAN,
    devices: ['cpu'],
    primary_metric: 'accuracy',
    created_at_ms: 1,
  });
  startSweep(db, id, 2);
  for (const number of [1, 2]) {
    const run = createRun(db, newRun({ params: { number_of_epochs: 4 } }));
    addTrial(db, {
      sweep_id: id,
      number,
      configuration: { momentum: number / 10 },
      run_id: run,
      reason: null,
      created_at_ms: 3,
    });
    claimNext(db, id, 4);
  }
  return { project, id };
}

test('a watched sweep is told whole once, then only the trials that changed', async () => {
  const { project, id } = madeProject();
  const client = clientOf(project);
  const events: SweepEvent[] = [];

  for await (const event of await client.sweeps.watch({ id })) {
    events.push(event);
    if (events.length === 1) upsertEpoch(project.db, 'r0002', { ...madeEpoch(1), valid_loss: null });
    if (events.length === 2) finishTrial(project.db, { sweep_id: id, number: 1 }, 'stopped', 'too far behind', 9);
    if (events.length === 3) break;
  }

  expect(events.map(({ trials }) => trials.map(({ number }) => number))).toEqual([[1, 2], [2], [1]]);
  expect(events[0]).toMatchObject({ type: 'snapshot', sweep: { plan: PLAN } });
  expect(events[1]).toMatchObject({
    trials: [{ last: madeEpoch(1).metrics['accuracy'], curve: [[1, expect.any(Number)]] }],
  });
  expect(events[2]).toMatchObject({
    type: 'changed',
    plan: null,
    sweep: { id, running_count: 1, trial_count: 2 },
    trials: [{ state: 'stopped' }],
  });
});

test('what is asked of a sweep that another writer runs is left for it; of one that is not there it is refused', async () => {
  const { project, id } = madeProject();
  const client = clientOf(project);

  await client.sweeps.ask({ id, request: { action: 'stop-trial', trial: 2 } });
  const unknown = await client.sweeps.get({ id: 's0009' }).catch(appErrorOf);

  expect(takeRequests(project, id)).toEqual([{ action: 'stop-trial', trial: 2 }]);
  expect(unknown).toMatchObject({ code: 'sweep-not-found' });
  expect(await client.sweeps.list()).toMatchObject([{ id, state: 'running', trial_count: 2, running_count: 2 }]);
});

test('a draft says what a file would do, also one made by a form, and starts nothing', async () => {
  const { project } = madeProject();
  const client = clientOf(project);
  const space = { model_name: 'resnet18', learning_rate: 'choice(0.1, 0.01)', momentum: 'choice(0.8, 0.9, 0.95)' };
  const document = {
    hyperparameter_sampling: { algorithm: 'grid', space },
    iterations: 9,
    arguments: { number_of_epochs: 2 },
  };
  upsertEpoch(project.db, 'r0001', { ...madeEpoch(1), seconds: 4, valid_loss: null });

  const draft = await client.sweeps.draft({ document });
  const broken = await client.sweeps.draft({ yaml: 'iterations: 0\n' });

  expect(draft).toMatchObject({ problems: [], grid_size: 6, estimated_seconds: 6 * 2 * 4, estimated_bytes: null });
  expect(draft.source).toContain('learning_rate: choice(0.1, 0.01)');
  expect(draft.drawn.find(({ name }) => name === 'momentum')?.bars.map(({ label }) => label)).toEqual([
    '0.8',
    '0.9',
    '0.95',
  ]);
  expect(draft.policies[0]).toMatchObject({ policy: 'bandit', sweeps: 1 });
  expect(broken).toMatchObject({ plan: null, problems: [{ line: 1, path: 'iterations' }], source: 'iterations: 0\n' });
  expect((await client.sweeps.list()).length).toBe(1);
});
