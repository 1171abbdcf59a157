import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEngine, type Workbench } from '../../../main/engine.ts';
import type { RunState } from '../../../preload/contract/run.ts';
import type { TrainingRequest } from '../../../preload/contract/training.ts';
import { allOf } from '../../kit/all-of.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { eventually } from '../../kit/eventually.ts';
import { tempFolder } from '../../kit/folders.ts';
import { SMALL, shadesProject } from '../../kit/training.ts';

const bugs: unknown[] = [];

const asked = (params: Record<string, number> = {}, model = 'resnet18'): TrainingRequest => ({
  model,
  params: { ...SMALL, ...params },
  device: 'cpu',
  weights: null,
});

async function openedEngine(): Promise<Workbench> {
  const project = await shadesProject(8);
  project.close();
  const parts = {
    clock: new FakeClock(),
    logBug: (error: unknown) => bugs.push(error),
    home: tempFolder(),
    threads: 2,
  };
  const engine = openEngine(project.folder, parts);
  onTestFinished(() => engine.close());
  return engine;
}

const states = (engine: Workbench) => engine.runHeads().map(({ id, state }): [string, RunState] => [id, state]);

test('runs of a device take turns, are stopped, go on, and end in a bundle that replaces the last', async () => {
  const engine = await openedEngine();
  const training = engine.training();
  const steps: string[] = [];
  engine.onRunProgress((run, progress) => steps.push(`${run} ${progress === null ? 'over' : progress.epoch}`));

  const first = await training.start(asked({ number_of_epochs: 3 }));
  const second = await training.start(asked({ number_of_epochs: 1 }));
  await eventually(() => expect(steps).toContain(`${first} 2`));
  expect(states(engine)).toEqual([
    [second, 'queued'],
    [first, 'running'],
  ]);

  await training.stop(second);
  await training.stop(first);
  await eventually(() => expect(engine.runSummary(second)?.state).toBe('cancelled'));
  await eventually(() => expect(engine.runSummary(first)?.state).toBe('cancelled'));
  const reached = engine.runSummary(first)!.epochs.length;
  await training.resume(first);
  await eventually(() => expect(engine.runSummary(first)?.state).toBe('completed'));
  expect(engine.runSummary(first)?.epochs).toHaveLength(3);
  expect(reached).toBeLessThan(3);
  expect(steps).not.toContain(`${second} 1`);

  const heard = await allOf(training.judge(first, 'train', undefined));
  expect(heard[0]).toMatchObject({ type: 'progress', progress: { elapsed_ms: 0 } });
  expect(heard.at(-1)).toEqual({ type: 'done' });
  expect(engine.evaluation(first, 'train')).toMatchObject({ run: first, split: 'train' });
  const cut = allOf(training.judge(first, 'validation', AbortSignal.abort()));
  await expect(cut).rejects.toMatchObject({ code: 'cancelled' });
  const none = allOf(training.judge(first, 'test', undefined));
  await expect(none).rejects.toMatchObject({ code: 'too-few-images' });

  const bundle = await training.bundle(first);
  expect(await training.bundle(first)).toEqual({ ...bundle, model: 'resnet18', labels: 2 });
  expect(existsSync(join(bundle.folder, 'model.onnx'))).toBe(true);
  expect(bugs).toEqual([]);
});

test('an engine that closes ends its runs in order, and the next one goes on with those that waited', async () => {
  const engine = await openedEngine();
  const { folder } = engine.projectOverview()!;
  const run = await engine.training().start(asked({ number_of_epochs: 500 }));
  const waiting = await engine.training().start(asked({ number_of_epochs: 1 }));
  await eventually(() => expect(engine.runSummary(run)?.epochs.length).toBeGreaterThan(0));

  await engine.close();

  const parts = {
    clock: new FakeClock(),
    logBug: (error: unknown) => bugs.push(error),
    home: tempFolder(),
    threads: 2,
  };
  const next = openEngine(folder, parts);
  onTestFinished(() => next.close());
  expect(states(next)).toEqual([
    [waiting, 'cancelled'],
    [run, 'cancelled'],
  ]);
  await next.training().resume(waiting);
  await eventually(() => expect(next.runSummary(waiting)?.state).toBe('running'));
});

test('what cannot be trained is refused by code before there is a run', async () => {
  const engine = await openedEngine();
  const { folder } = engine.projectOverview()!;
  const training = engine.training();
  const refused = async (request: TrainingRequest) => (await appErrorOf(() => training.start(request))).code;

  expect(await refused(asked({}, 'resnet999'))).toBe('model-unknown');
  expect(await refused(asked({ learning_rate: 7 }))).toBe('bad-hyperparameter');
  expect(await refused({ ...asked(), device: 'abacus' })).toBe('bad-argument');
  expect(await refused({ ...asked(), weights: 'unheard-of' })).toBe('file-missing');
  expect(await refused({ ...asked(), weights: join(folder, 'project.sqlite') })).toBe('file-missing');
  expect(engine.runHeads()).toEqual([]);
  expect((await appErrorOf(() => training.stop('r0001'))).code).toBe('run-not-found');
  expect(training.choices().devices[0]).toEqual({ device: 'cpu', problem: null });
});
