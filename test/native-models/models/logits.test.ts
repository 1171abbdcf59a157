import { expect, test } from 'vitest';
import { floatTensor, openSession } from '../../../main/train/runtime.ts';
import { findClassifier, IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import { sizeOf } from '../../../native-models/core/shape.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';
import { evaluationProgram } from '../../../native-models/training.ts';
import { logitsFixtures } from '../../kit/fixture-training.ts';
import { fixtureTensor, fixtureWeights } from '../../kit/fixture-weights.ts';

const CLASSES = 10;
const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

test.each(Object.entries(logitsFixtures()))(
  "%s has torch's parameters and wiring",
  async (name, { parameters: count, input, eval_logits, float32_distance }) => {
    const model = findClassifier(name)!.build(CLASSES, IMAGENET_CONVENTION);
    const parameters = [...namedParameters(model)];
    const weights = fixtureWeights(parameters.map(([key, { shape }]) => ({ name: key, shape })));
    const [batchSize, , height, width] = input.shape as [number, number, number, number];
    const program = evaluationProgram(model, { batchSize, height, width, normalisation: null });
    const session = await openSession(program, { device: 'cpu', threads: 2 });
    const images = floatTensor(input.shape, fixtureTensor(input.name, input.shape, input.scale, input.offset).data);
    const tensors = parameters.map(([key, { shape }]) => [key, floatTensor(shape, weights.get(key)!.data)] as const);

    const { logits } = await session.run({ images, ...Object.fromEntries(tensors) });
    await session.release();

    const trained = parameters.filter(([, { role }]) => role === 'weight');
    expect(trained.reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0)).toBe(count);
    const expected = eval_logits.flat();
    const error = norm([...(logits!.data as Float32Array)].map((value, i) => value - expected[i]!));
    expect(error / norm(expected)).toBeLessThan(Math.max(1e-4, 6 * float32_distance));
  },
);

/** Source: for 1,000 classes, torchvision's and timm's published counts. */
test.each([
  ['mobilenetv2', 3_504_872],
  ['resnet18', 11_689_512],
  ['resnet34', 21_797_672],
  ['resnet50', 25_557_032],
  ['resnet101', 44_549_160],
  ['resnet152', 60_192_808],
  ['resnest50', 27_483_240],
  ['resnest101', 48_275_016],
  ['seresnext', 27_559_896],
  ['vits16r224', 22_050_664],
  ['vitb16r224', 86_567_656],
  ['vitl16r224', 304_326_632],
])('%s has as many parameters as published', (name, count) => {
  const parameters = [...namedParameters(findClassifier(name)!.build(1000, IMAGENET_CONVENTION)).values()];
  const trained = parameters.filter(({ role }) => role === 'weight');

  expect(trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(count);
});
