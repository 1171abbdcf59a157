import { expect, test } from 'vitest';
import { Forward } from '../../../main/train/forward.ts';
import { findClassifier, IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { initialValues } from '../../../native-models/nn/init.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { evaluationProgram } from '../../../native-models/training.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

const CPU = { device: 'cpu', threads: 1 } as const;
const [SIDE, CLASSES, COUNT] = [32, 3, 7];
const SIZES = { cropSize: SIDE, classes: CLASSES, normalisation: IMAGENET_CONVENTION };

test.each(['mobilenetv2', 'resnet18'])('%s scores images in runs of a fixed size as all at once', async (name) => {
  const model = findClassifier(name)!.build(CLASSES, IMAGENET_CONVENTION);
  const values = new Map(
    [...namedParameters(model)].map(([key, { shape, init }]) => [key, initialValues(key, shape, init, 3)] as const),
  );
  const rng = rngFrom(1, 'pixels');
  const pixels = Uint8Array.from({ length: COUNT * 3 * SIDE * SIDE }, () => rng.uniform() * 256);
  const sizes = { batchSize: COUNT, height: SIDE, width: SIDE, normalisation: IMAGENET_CONVENTION };
  const feeds = new Map([
    ...[...namedParameters(model)].map(([key, { shape }]) => {
      return [key, { shape, data: Float64Array.from(values.get(key)!) }] as const;
    }),
    ['images', { shape: [COUNT, 3, SIDE, SIDE], data: Float64Array.from(pixels) }] as const,
  ]);
  const expected = (await runOnnx(evaluationProgram(model, sizes), standardBackend, feeds)).get('logits')!;

  const forward = await Forward.open(model, { ...SIZES, batchSize: 4 }, CPU);
  forward.take(values);
  const logits = await forward.logits(pixels, COUNT);
  await forward.release();

  expect(logits).toHaveLength(COUNT * CLASSES);
  logits.forEach((value, i) => {
    expect(value).toBeCloseTo(expected.data[i]!, 4);
  });
});
