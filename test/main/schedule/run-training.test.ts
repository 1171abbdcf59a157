import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { planRun } from '../../../main/schedule/plan-run.ts';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainAgain, trainNew } from '../../../main/schedule/run-training.ts';
import { openProject, type ReadProject } from '../../../main/store/project.ts';
import { runSummaries, runSummary } from '../../../main/store/run-summaries.ts';
import { checkpointFolder, epochCheckpoint } from '../../../main/train/checkpoint.ts';
import type { RunSummary } from '../../../preload/contract/run.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { processRows } from '../../kit/process-rows.ts';
import { request, SMALL, shadesProject } from '../../kit/training.ts';
import { killChild, trainingChildren } from '../../kit/training-children.ts';

/** What two equal runs have in common: everything but times. */
const curve = (summary: RunSummary) =>
  summary.epochs.map(({ epoch, train_loss, metrics, learning_rate }) => ({
    epoch,
    train_loss,
    metrics,
    learning_rate,
  }));

const only = (project: ReadProject) => runSummaries(project.db)[0]!;

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
    const children = processRows().filter(({ ppid }) => ppid === engine.pid);
    engine.kill('SIGKILL');
    await new Promise((resolve) => engine.on('close', resolve));
    for (const { pid } of children) await gone(pid);

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

async function gone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`)) await new Promise((resolve) => setImmediate(resolve));
}
