import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { planRun } from '../../../main/schedule/plan-run.ts';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainAgain, trainNew } from '../../../main/schedule/run-training.ts';
import { imageFile, labelledImages } from '../../../main/store/images.ts';
import { openProject, type ReadProject } from '../../../main/store/project.ts';
import { runSummaries, runSummary } from '../../../main/store/run-summaries.ts';
import { checkpointFolder, epochCheckpoint, lastCheckpoint } from '../../../main/train/checkpoint.ts';
import { recogniseWeights } from '../../../main/weights/recognise.ts';
import { parseSafetensors, writeSafetensors } from '../../../native-models/weights/safetensors.ts';
import { toFloat32 } from '../../../native-models/weights/stored-tensor.ts';
import type { RunSummary } from '../../../preload/contract/run.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { request, SMALL, shadesProject } from '../../kit/training.ts';

const hasCuda = existsSync('/proc/driver/nvidia/version');

/** What two equal runs have in common: everything but times. */
const curve = (summary: RunSummary) =>
  summary.epochs.map(({ epoch, train_loss, metrics, learning_rate }) => ({
    epoch,
    train_loss,
    metrics,
    learning_rate,
  }));

const only = (project: ReadProject) => runSummaries(project.db)[0]!;

/** Processes whose command line names the training child; there must be none after a run. */
function trainingChildren(): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes('main/train/child.ts') && line.includes(` ${process.pid} `));
}

describe('a training run', () => {
  test('learns, keeps its best model and says what a person should know', async () => {
    const project = await shadesProject();

    const id = await trainNew(project, request());

    const summary = runSummary(project.db, id);
    expect(summary).toMatchObject({ id: 'r0001', state: 'completed', reason: null, model: 'resnet18', device: 'cpu' });
    expect(summary.params).toMatchObject({ ...SMALL, learning_rate: 0.01, momentum: 0.9 });
    expect(summary.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(summary.primary_metric.best).toBeGreaterThan(0.6);
    expect(summary.notes.join()).toContain('training from scratch');
    expect(readdirSync(checkpointFolder(runFolder(project, id))).sort()).toEqual(
      [`epoch-000${summary.primary_metric.epoch}.safetensors`, 'last.safetensors'].sort(),
    );
    expect(trainingChildren()).toEqual([]);
    project.close();
  });

  test('gives the same curve again, whatever the number of image workers', async () => {
    const project = await shadesProject();

    const first = await trainNew(project, request());
    const second = await trainNew(project, request({ number_of_workers: 3 }));
    const other = await trainNew(project, request({ random_seed: 1 }));

    expect(curve(runSummary(project.db, second))).toEqual(curve(runSummary(project.db, first)));
    expect(curve(runSummary(project.db, other))).not.toEqual(curve(runSummary(project.db, first)));
    project.close();
  });

  test('killed in the middle of an epoch and resumed, has the curve it would have had', async () => {
    const project = await shadesProject();
    const whole = await trainNew(project, request({}, 'mobilenetv2'));

    const error = await appErrorOf(() =>
      trainNew(project, request({}, 'mobilenetv2'), {
        onProgress: ({ epoch, step }) => {
          if (epoch === 2 && step === 2) killChild();
        },
      }),
    );
    const killed = runSummary(project.db, 'r0002');
    await trainAgain(project, 'r0002', 2);

    expect(error.code).toBe('training-process-died');
    expect(killed).toMatchObject({ state: 'failed', reason: expect.stringContaining('SIGKILL') });
    expect(killed.epochs.length).toBeLessThan(3);
    expect(curve(runSummary(project.db, 'r0002'))).toEqual(curve(runSummary(project.db, whole)));
    expect(runSummary(project.db, 'r0002').state).toBe('completed');
    const model = (id: string) =>
      readFileSync(epochCheckpoint(runFolder(project, id), runSummary(project.db, id).primary_metric.epoch!));
    expect(model('r0002').equals(model(whole))).toBe(true);
    project.close();
  });

  test('whose whole engine is killed leaves no process behind, and is resumed to the same curve', async () => {
    const folder = join(tempFolder(), 'project');
    const project = await shadesProject(15, folder);
    const whole = await trainNew(project, request({ number_of_epochs: 6 }));
    project.close();
    const settings = Object.entries({ ...SMALL, number_of_epochs: 6 }).flatMap(([name, value]) => [
      '--set',
      `${name}=${value}`,
    ]);
    const engine = spawn(
      process.execPath,
      [join(ROOT, 'main', 'cli.ts'), 'train', folder, '--model', 'resnet18', ...settings],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );

    await new Promise<void>((resolve) => {
      engine.stderr!.on('data', (text: Buffer) => {
        if (text.toString().includes('epoch 1 ·')) resolve();
      });
    });
    const children = execFileSync('ps', ['-eo', 'pid,ppid'], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === engine.pid);
    engine.kill('SIGKILL');
    await new Promise((resolve) => engine.on('close', resolve));
    for (const [pid] of children) await gone(pid!);

    const again = openProject(folder, { access: 'write', clock: new FakeClock(), owner: 'lightbench test' });
    expect(again.abandonedRuns).toEqual(['r0002']);
    expect(runSummary(again.db, 'r0002').state).toBe('failed');
    await trainAgain(again, 'r0002', 2);
    expect(curve(runSummary(again.db, 'r0002'))).toEqual(curve(runSummary(again.db, whole)));
    again.close();
  });

  test('that is cancelled ends at once, keeps its epochs, and can go on', async () => {
    const project = await shadesProject();
    const stop = new AbortController();

    const error = await appErrorOf(() =>
      trainNew(project, request({ number_of_epochs: 50 }), { signal: stop.signal, onEpoch: () => stop.abort() }),
    );

    expect(error.code).toBe('cancelled');
    expect(only(project)).toMatchObject({ state: 'cancelled', reason: null });
    expect(only(project).epochs.length).toBeLessThan(10);
    expect(trainingChildren()).toEqual([]);
    project.close();
  });

  test('says which batch sizes are more than there are images for', async () => {
    const project = await shadesProject(5);
    const stop = new AbortController();
    const asked = request({ training_batch_size: 3, grad_accumulation_step: 4, split_ratio: 0.2 });
    const larger = request({ training_batch_size: 30, grad_accumulation_step: 2, split_ratio: 0.2 });

    for (const each of [asked, larger]) {
      await appErrorOf(() => trainNew(project, each, { signal: stop.signal, onStarted: () => stop.abort() }));
    }

    expect(runSummaries(project.db).map(({ notes }) => notes.filter((note) => note.includes('is more than')))).toEqual([
      ['grad_accumulation_step 4 is more than the 3 batches of an epoch: 3 is used'],
      [
        'training_batch_size 30 is more than the 8 training images: 8 is used',
        'grad_accumulation_step 2 is more than the 1 batches of an epoch: 1 is used',
      ],
    ]);
    project.close();
  });

  test.each([
    [
      'for a model without batch norm',
      request(
        { synchronize_batch_norm: 1, train_crop_size: 224, valid_crop_size: 224, valid_resize_size: 224 },
        'vits16r224',
      ),
      'vits16r224 has none',
    ],
    [
      'on a device it is not for',
      { ...request({ synchronize_batch_norm: 1 }), device: 'webgpu' as const },
      'this run is for webgpu',
    ],
    [
      'whose statistics are to be kept, without weights',
      request({ freeze_batch_norm: 1 }),
      'this run starts from none',
    ],
  ])('refuses batch norm out of the usual %s', async (_, asked, reason) => {
    const project = await shadesProject(5);

    const error = await appErrorOf(async () => planRun(project, asked));

    expect(error).toMatchObject({ code: 'bad-hyperparameter', message: expect.stringContaining(reason) });
    expect(runSummaries(project.db)).toEqual([]);
    project.close();
  });

  test('stops early and says why', async () => {
    const project = await shadesProject();

    const settings = { number_of_epochs: 12, learning_rate: 0, early_stopping_delay: 1, early_stopping_patience: 2 };
    const id = await trainNew(project, request(settings));

    const summary = runSummary(project.db, id);
    expect(summary.epochs.length).toBeLessThan(12);
    expect(summary).toMatchObject({
      state: 'completed',
      reason: 'stopped early: 2 evaluations in a row without a better accuracy',
    });
    project.close();
  });

  test('evaluates and keeps what evaluation_frequency and checkpoint_frequency say', async () => {
    const project = await shadesProject();

    const id = await trainNew(
      project,
      request({ number_of_epochs: 5, evaluation_frequency: 2, checkpoint_frequency: 3 }),
    );

    const { epochs, primary_metric } = runSummary(project.db, id);
    expect(epochs.map(({ metrics }) => 'accuracy' in metrics)).toEqual([false, true, false, true, true]);
    const kept = readdirSync(checkpointFolder(runFolder(project, id))).filter((name) => name.startsWith('epoch'));
    expect(kept).toEqual(
      [...new Set([3, primary_metric.epoch!])].sort().map((epoch) => `epoch-000${epoch}.safetensors`),
    );
    project.close();
  });
});

describe('a run that cannot work', () => {
  test('with an unknown model or a bad hyperparameter is refused before there is a run', async () => {
    const project = await shadesProject(2);

    const unknown = await appErrorOf(() => trainNew(project, request({}, 'resnet19')));
    const bad = await appErrorOf(() => trainNew(project, request({ learning_rate: 2, momentm: 1 })));

    expect(unknown.message).toBe(
      'there is no model "resnet19"; for image-classification there are: mobilenetv2, resnet18, resnet34, resnet50, resnet101, resnet152, resnest50, resnest101, seresnext, vits16r224, vitb16r224, vitl16r224',
    );
    expect(bad.message).toContain('learning_rate must be a number from 0 to 1, got 2');
    expect(bad.message).toContain('did you mean momentum?');
    expect(runSummaries(project.db)).toEqual([]);
    project.close();
  });

  test.skipIf(hasCuda)('on a device that is not there fails with that reason, and not on the CPU instead', async () => {
    const project = await shadesProject();

    const error = await appErrorOf(() => trainNew(project, { ...request(), device: 'cuda:0' }));

    expect(error).toMatchObject({ code: 'device-unavailable', message: expect.stringMatching(/^cuda:0: /) });
    expect(only(project)).toMatchObject({ state: 'failed', device: 'cuda:0', reason: error.message, epochs: [] });
    project.close();
  });

  test('whose loss is not a number fails with that reason', async () => {
    const project = await shadesProject();
    const good = await trainNew(project, request({ number_of_epochs: 1 }));
    const file = join(tempFolder(), 'poisoned.safetensors');
    poison(epochCheckpoint(runFolder(project, good), 1), file);

    const error = await appErrorOf(() => trainNew(project, { ...request(), weights: recogniseWeights(file) }));

    expect(error.code).toBe('training-diverged');
    expect(error.message).toContain('the training loss is NaN at epoch 1, step 1');
    expect(runSummary(project.db, 'r0002')).toMatchObject({ state: 'failed', reason: error.message });
    project.close();
  });

  test('that runs out of memory says so and what to reduce', async () => {
    const project = await shadesProject(6);

    const error = await appErrorOf(() =>
      trainNew(project, request({ train_crop_size: 1_000_000, training_batch_size: 8 })),
    );

    expect(error.code).toBe('out-of-memory');
    expect(error.message).toContain('reduce training_batch_size');
    expect(only(project)).toMatchObject({ state: 'failed', reason: error.message });
    project.close();
  });

  test('whose image has gone names it', async () => {
    const project = await shadesProject();
    const [image] = labelledImages(project.db);
    const file = imageFile(project.folder, image!);
    rmSync(file);

    const error = await appErrorOf(() => trainNew(project, request()));

    expect(error.code).toBe('image-missing');
    expect(error.message).toContain(file);
    expect(only(project).state).toBe('failed');
    project.close();
  });

  test('cannot be resumed without a checkpoint, or with a damaged one', async () => {
    const project = await shadesProject();
    const stop = new AbortController();
    await appErrorOf(() => trainNew(project, request(), { signal: stop.signal, onStarted: () => stop.abort() }));
    const missing = await appErrorOf(() => trainAgain(project, 'r0001', 2));
    await appErrorOf(() => trainNew(project, request(), { onEpoch: () => killChild() }));
    writeFileSync(lastCheckpoint(runFolder(project, 'r0002')), 'damaged');
    const damaged = await appErrorOf(() => trainAgain(project, 'r0002', 2));

    expect([missing.code, damaged.code]).toEqual(['run-not-resumable', 'run-not-resumable']);
    expect(missing.message).toContain('there is no checkpoint');
    expect(damaged.message).toContain('last.safetensors');
    expect(runSummaries(project.db).map(({ state }) => state)).toEqual(['cancelled', 'failed']);
    project.close();
  });
});

describe('weights from a file', () => {
  test('of another class count keep their body, and the head is replaced and reported', async () => {
    const project = await shadesProject();
    const first = await trainNew(project, request({ number_of_epochs: 1 }));
    const file = join(tempFolder(), 'three-classes.safetensors');
    withHead(epochCheckpoint(runFolder(project, first), 1), file, 3);

    const id = await trainNew(project, {
      ...request({ learning_rate: 0, number_of_epochs: 1 }),
      weights: recogniseWeights(file),
    });

    expect(runSummary(project.db, id).notes.join()).toContain(
      'another class count and was replaced: fc.weight, fc.bias',
    );
    const body = (run: string) => tensor(epochCheckpoint(runFolder(project, run), 1), 'layer4.1.conv2.weight');
    expect(body(id)).toEqual(body(first));
    project.close();
  });

  test('of another model are refused by name', async () => {
    const project = await shadesProject(4);
    const first = await trainNew(project, request({ number_of_epochs: 1, training_batch_size: 4 }));
    const file = epochCheckpoint(runFolder(project, first), 1);

    const error = await appErrorOf(() =>
      trainNew(project, { ...request({}, 'mobilenetv2'), weights: recogniseWeights(file) }),
    );

    expect(error.message).toContain('holds weights of resnet18, not of mobilenetv2');
    project.close();
  });

  test('in frozen groups do not change, their statistics neither', async () => {
    const project = await shadesProject();
    const first = await trainNew(project, request({ number_of_epochs: 1 }));
    const file = epochCheckpoint(runFolder(project, first), 1);

    const settings = { number_of_epochs: 1, layers_to_freeze: 2, warmup_cosine_lr_warmup_epochs: 0 };
    const id = await trainNew(project, { ...request(settings), weights: recogniseWeights(file) });

    const now = epochCheckpoint(runFolder(project, id), 1);
    for (const name of [
      'conv1.weight',
      'bn1.weight',
      'bn1.running_mean',
      'layer1.1.conv2.weight',
      'layer1.0.bn1.running_var',
    ]) {
      expect(tensor(now, name), name).toEqual(tensor(file, name));
    }
    for (const name of ['layer2.0.conv1.weight', 'layer2.0.bn1.running_mean', 'fc.bias']) {
      expect(tensor(now, name), name).not.toEqual(tensor(file, name));
    }
    project.close();
  });
});

function tensor(file: string, name: string): Float32Array {
  return toFloat32(name, parseSafetensors(readFileSync(file)).tensors.get(name)!);
}

function rewrite(
  from: string,
  to: string,
  change: (
    name: string,
    shape: readonly number[],
    data: Float32Array,
  ) => { shape: readonly number[]; data: Float32Array },
): void {
  const { tensors, metadata } = parseSafetensors(readFileSync(from));
  const changed = [...tensors].map(
    ([name, stored]) => [name, change(name, stored.shape, toFloat32(name, stored))] as const,
  );
  writeFileSync(to, writeSafetensors(new Map(changed), metadata));
}

function poison(from: string, to: string): void {
  rewrite(from, to, (name, shape, data) => ({ shape, data: name === 'conv1.weight' ? data.fill(Number.NaN) : data }));
}

function withHead(from: string, to: string, classes: number): void {
  rewrite(from, to, (name, shape, data) =>
    name.startsWith('fc.')
      ? { shape: shape.with(0, classes), data: new Float32Array((data.length / shape[0]!) * classes) }
      : { shape, data },
  );
}

/** Ends the training child of this process as a crash would. */
function killChild(): void {
  for (const line of trainingChildren()) process.kill(Number(line.trim().split(/\s+/)[0]), 'SIGKILL');
}

async function gone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`)) await new Promise((resolve) => setImmediate(resolve));
}
