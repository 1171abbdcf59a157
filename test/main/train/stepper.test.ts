import { expect, test } from 'vitest';
import { probeBlock } from '../../../main/train/backends.ts';
import { floatTensor, Tensor } from '../../../main/train/runtime.ts';
import { Stepper } from '../../../main/train/stepper.ts';
import { IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import type { Tensor as Value } from '../../../native-models/core/tensor.ts';
import { initialValues } from '../../../native-models/nn/init.ts';
import { Conv2d, globalAveragePool, Linear } from '../../../native-models/nn/layers.ts';
import { Module, namedParameters } from '../../../native-models/nn/module.ts';
import { type OptimizerOptions, scalarsAt } from '../../../native-models/optim/optimizer.ts';
import type { Backend } from '../../../native-models/rules/emitter.ts';
import { blockedBackend } from '../../../native-models/rules/onnx-blocked.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { trainingProgram } from '../../../native-models/training.ts';
import { feedsAt, TOY, toy } from '../../kit/toy-network.ts';

const CPU = { device: 'cpu', threads: 1 } as const;

/** Bytes of buffers outside the heap, with whatever garbage is still among them. */
const outsideBytes = () => process.memoryUsage().arrayBuffers;

test('a step leaves no copy of the state behind for the collector', async () => {
  const { program, values } = toy([]);
  const stepper = await Stepper.open(program, values, CPU);
  const feeds = feedsAt(program, 0);
  await stepper.step(feeds);
  const stateBytes = [...stepper.tensors().values()].reduce((sum, { data }) => sum + data.byteLength, 0);

  const before = outsideBytes();
  await stepper.step(feeds);
  await stepper.step(feeds);
  const left = outsideBytes() - before;
  await stepper.release();

  expect(left).toBeLessThan(stateBytes / 2);
});

/** Layers large enough to be updated in blocks; all but the first are read for both of their gradients. */
class WideNet extends Module {
  readonly stem = new Conv2d(3, 64, 3, { stride: 2, padding: 1 });
  readonly conv = new Conv2d(64, 64, 3, { padding: 1, bias: false });
  readonly wide = new Linear(64, 128);
  readonly fc = new Linear(128, 3);

  call(x: Value): Value {
    const maps = this.conv.call(this.stem.call(x).relu()).relu();
    return this.fc.call(this.wide.call(globalAveragePool(maps)).gelu());
  }
}

function wideNetwork(optimizer: OptimizerOptions) {
  const model = new WideNet();
  const options = { ...TOY, normalisation: IMAGENET_CONVENTION, optimizer, averages: true };
  const values = new Map(
    [...namedParameters(model)].map(([name, { shape, init }]) => [name, initialValues(name, shape, init, 3)] as const),
  );
  return { program: trainingProgram(model, options), values };
}

const OPTIMIZERS: Readonly<Record<string, OptimizerOptions>> = {
  sgd: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-2 },
  'plain sgd': { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  adamw: { kind: 'adamw', beta1: 0.9, beta2: 0.999, amsgrad: false, weightDecay: 1e-2 },
  amsgrad: { kind: 'adam', beta1: 0.9, beta2: 0.999, amsgrad: true, weightDecay: 1e-2 },
};

type Values = ReadonlyMap<string, Float32Array>;

/** The state of the wide network after steps from the first up to the last one, from what it was before them. */
async function stepped(optimizer: OptimizerOptions, start: Values, backend: Backend, [from, to]: [number, number]) {
  const { program } = wideNetwork(optimizer);
  const stepper = await Stepper.open(program, start, { ...CPU, backend });
  for (let step = from; step < to; step++) {
    const scalars = { ...scalarsAt(optimizer, 0.01, step + 1), average_weight: 0.25 };
    const fed = Object.entries(scalars).map(
      ([name, value]) => [name, floatTensor([], Float32Array.of(value))] as const,
    );
    await stepper.step({ ...feedsAt(program, step), ...Object.fromEntries(fed) });
  }
  const values = [...stepper.values()].map(([name, value]) => [name, Float32Array.from(value)] as const);
  await stepper.release();
  return new Map(values);
}

function expectNear(actual: Values, expected: Values): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, value] of actual) expect(distance(value, expected.get(name)!), name).toBeLessThan(1e-4);
}

test.each(Object.keys(OPTIMIZERS))('%s written over its own state gives what two buffers in turn do', async (kind) => {
  const optimizer = OPTIMIZERS[kind]!;
  const { values } = wideNetwork(optimizer);

  const inPlace = await stepped(optimizer, values, blockedBackend((await probeBlock())!), [0, 4]);
  const expected = await stepped(optimizer, values, standardBackend, [0, 4]);

  expectNear(inPlace, expected);
});

test('what one backend has trained another goes on with: between steps all is plain', async () => {
  const optimizer = OPTIMIZERS['amsgrad']!;
  const { values } = wideNetwork(optimizer);
  const blocked = blockedBackend((await probeBlock())!);
  const inTurn = async (first: Backend, second: Backend) =>
    stepped(optimizer, await stepped(optimizer, values, first, [0, 2]), second, [2, 4]);

  const expected = await stepped(optimizer, values, standardBackend, [0, 4]);

  expectNear(await inTurn(blocked, standardBackend), expected);
  expectNear(await inTurn(standardBackend, blocked), expected);
});

/** Relative to the length of what is expected. */
function distance(actual: Float32Array, expected: Float32Array): number {
  const length = (values: Float32Array) => Math.hypot(...values);
  return length(actual.map((value, i) => value - expected[i]!)) / (length(expected) + Number.MIN_VALUE);
}

test('a step that the runtime refuses fails', async () => {
  const { program, values } = toy([]);
  const stepper = await Stepper.open(program, values, CPU);
  const labels = new Tensor('int32', new Int32Array(TOY.batchSize + 1), [TOY.batchSize + 1]);

  const step = stepper.step({ ...feedsAt(program, 0), labels });

  await expect(step).rejects.toThrow(/labels/);
  await stepper.release();
});
