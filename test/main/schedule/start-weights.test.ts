import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import { runSummary } from '../../../main/store/run-summaries.ts';
import { epochCheckpoint } from '../../../main/train/checkpoint.ts';
import { recogniseWeights } from '../../../main/weights/recognise.ts';
import { parseSafetensors } from '../../../native-models/weights/safetensors.ts';
import { toFloat32 } from '../../../native-models/weights/stored-tensor.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { rewriteWeights } from '../../kit/rewrite-weights.ts';
import { request, shadesProject } from '../../kit/training.ts';

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

function withHead(from: string, to: string, classes: number): void {
  rewriteWeights(from, to, (name, shape, data) =>
    name.startsWith('fc.')
      ? { shape: shape.with(0, classes), data: new Float32Array((data.length / shape[0]!) * classes) }
      : { shape, data },
  );
}
