import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainAgain, trainNew } from '../../../main/schedule/run-training.ts';
import { imageFile, labelledImages } from '../../../main/store/images.ts';
import type { ReadProject } from '../../../main/store/project.ts';
import { runSummaries, runSummary } from '../../../main/store/run-summaries.ts';
import { epochCheckpoint, lastCheckpoint } from '../../../main/train/checkpoint.ts';
import { recogniseWeights } from '../../../main/weights/recognise.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { rewriteWeights } from '../../kit/rewrite-weights.ts';
import { request, shadesProject } from '../../kit/training.ts';
import { killChild } from '../../kit/training-children.ts';

const hasCuda = existsSync('/proc/driver/nvidia/version');

const only = (project: ReadProject) => runSummaries(project.db)[0]!;

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

function poison(from: string, to: string): void {
  rewriteWeights(from, to, (name, shape, data) => ({
    shape,
    data: name === 'conv1.weight' ? data.fill(Number.NaN) : data,
  }));
}
