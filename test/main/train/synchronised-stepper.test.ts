import { expect, test } from 'vitest';
import { probeBlock } from '../../../main/train/backends.ts';
import { type Feeds, floatTensor, Tensor } from '../../../main/train/runtime.ts';
import { Stepper } from '../../../main/train/stepper.ts';
import { SynchronisedStepper } from '../../../main/train/synchronised-stepper.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import type { Tensor as Value } from '../../../native-models/core/tensor.ts';
import { initialValues } from '../../../native-models/nn/init.ts';
import { BatchNorm2d, Conv2d, globalAveragePool, Linear } from '../../../native-models/nn/layers.ts';
import { Module, namedParameters } from '../../../native-models/nn/module.ts';
import { blockedBackend } from '../../../native-models/rules/onnx-blocked.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { synchronisedPrograms, trainingProgram } from '../../../native-models/training.ts';

/** Stem, pooling, residual and depthwise layers; 24 channels fill no whole number of blocks. */
class NormedNet extends Module {
  readonly stem = new Conv2d(3, 24, 3, { stride: 2, padding: 1, bias: false });
  readonly bn1 = new BatchNorm2d(24);
  readonly conv = new Conv2d(24, 24, 3, { padding: 1, bias: false });
  readonly bn2 = new BatchNorm2d(24);
  readonly depthwise = new Conv2d(24, 24, 3, { padding: 1, groups: 24, bias: false });
  readonly bn3 = new BatchNorm2d(24);
  readonly fc = new Linear(24, 3);

  call(x: Value): Value {
    const stem = this.bn1.call(this.stem.call(x)).relu().maxPool({ kernel: 3, stride: 2, padding: 1 });
    const block = this.bn2.call(this.conv.call(stem)).add(stem).relu();
    return this.fc.call(globalAveragePool(this.bn3.call(this.depthwise.call(block)).clip(0, 6)));
  }
}

const SIDE = 20;
const [COUNT, SIZE] = [3, 4];
const optionsFor = (batchSize: number) => ({
  batchSize,
  height: SIDE,
  width: SIDE,
  normalisation: { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.25] } as const,
  optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 } as const,
  averages: false,
});

/** Of an endless made-up set, brighter from image to image. */
function imagesFrom(first: number, count: number): Uint8Array {
  const each = Array.from({ length: count }, (_, i) => {
    const rng = rngFrom(first + i, 'pixels');
    return Uint8Array.from({ length: 3 * SIDE * SIDE }, () => rng.uniform() * (80 + 40 * ((first + i) % 4)));
  });
  return Uint8Array.from(each.flatMap((pixels) => [...pixels]));
}

const feedsOf = (first: number, count: number): Feeds => ({
  images: new Tensor('uint8', imagesFrom(first, count), [count, 3, SIDE, SIDE]),
  labels: new Tensor(
    'int32',
    Int32Array.from({ length: count }, (_, i) => (first + i) % 3),
    [count],
  ),
  learning_rate: floatTensor([], Float32Array.of(0.05)),
});

const block = await probeBlock();
const BACKENDS = [standardBackend, ...(block === null ? [] : [blockedBackend(block)])];

test.each(BACKENDS)('$name: small batches with common statistics train as one large batch does', async (backend) => {
  const model = new NormedNet();
  const values = new Map(
    [...namedParameters(model)].map(([name, { shape, init }]) => [name, initialValues(name, shape, init, 3)] as const),
  );
  const options = { device: 'cpu', threads: 1, backend } as const;
  const whole = await Stepper.open(trainingProgram(model, optionsFor(COUNT * SIZE)), values, options);
  const parts = await SynchronisedStepper.open(synchronisedPrograms(model, optionsFor(SIZE)), values, options);

  for (const update of [0, 1, 2]) {
    const first = update * COUNT * SIZE;
    const loss = await whole.step(feedsOf(first, COUNT * SIZE));
    const losses: number[] = [];
    for (let index = 0; index < COUNT; index++) {
      const feeds = feedsOf(first + index * SIZE, SIZE);
      const results = await parts.step(feeds, { index, count: COUNT });
      expect(results).toHaveLength(index < COUNT - 1 ? 0 : COUNT);
      losses.push(...results.map((result) => result.loss));
      (feeds['images']!.data as Uint8Array).fill(0); // as the ring of buffers does
    }
    expect(Math.abs(losses.reduce((sum, each) => sum + each / COUNT, 0) - loss)).toBeLessThan(1e-5 * loss);
  }
  const [expected, actual] = [whole.tensors(), await parts.tensors()];
  await whole.release();
  await parts.release();

  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, { data }] of expected) {
    const difference = Math.hypot(...data.map((value, i) => value - actual.get(name)!.data[i]!));
    expect(difference, name).toBeLessThan(2e-4 * Math.hypot(...data) + 1e-6);
  }
});

test('an update leaves no more memory behind than the one before it', async () => {
  const model = new NormedNet();
  const values = new Map(
    [...namedParameters(model)].map(([name, { shape, init }]) => [name, initialValues(name, shape, init, 3)] as const),
  );
  const stepper = await SynchronisedStepper.open(synchronisedPrograms(model, optionsFor(SIZE)), values, {
    device: 'cpu',
    threads: 1,
  });
  const feeds = feedsOf(0, SIZE);
  const update = async () => {
    for (let index = 0; index < COUNT; index++) await stepper.step(feeds, { index, count: COUNT });
  };
  await update();
  const before = process.memoryUsage().arrayBuffers;
  await update();
  await update();
  const mapBytes = 4 * SIZE * 24 * (SIDE / 2) ** 2;

  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(mapBytes);
  await stepper.release();
});
