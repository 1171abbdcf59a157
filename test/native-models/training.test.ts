import { describe, expect, test } from 'vitest';
import type { Program } from '../../native-models/core/program.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import type { Tensor } from '../../native-models/core/tensor.ts';
import { decaysAllButVectors } from '../../native-models/nn/decay.ts';
import { BatchNorm2d, Conv2d, globalAveragePool, Linear } from '../../native-models/nn/layers.ts';
import { Module } from '../../native-models/nn/module.ts';
import type { OptimizerOptions } from '../../native-models/optim/optimizer.ts';
import { scalarsAt } from '../../native-models/optim/optimizer.ts';
import { averageDecay } from '../../native-models/optim/update.ts';
import { accumulationPrograms, type TrainingOptions, trainingProgram } from '../../native-models/training.ts';
import { arrayOf, evaluateStep, plainState, scalarOf, startingState } from '../kit/evaluated-steps.ts';

class PlainNet extends Module {
  readonly first = new Conv2d(3, 4, 3, { stride: 2, padding: 1 });
  readonly second = new Conv2d(4, 5, 3, { padding: 1 });
  readonly fc = new Linear(5, 3);

  call(x: Tensor): Tensor {
    return this.fc.call(globalAveragePool(this.second.call(this.first.call(x).relu()).relu()));
  }
}

class NormedNet extends Module {
  readonly conv1 = new Conv2d(3, 4, 3, { padding: 1, bias: false });
  readonly bn1 = new BatchNorm2d(4);
  readonly conv2 = new Conv2d(4, 4, 3, { padding: 1, bias: false });
  readonly bn2 = new BatchNorm2d(4);
  readonly fc = new Linear(4, 3);

  call(x: Tensor): Tensor {
    const y = this.bn1.call(this.conv1.call(x)).relu();
    return this.fc.call(globalAveragePool(this.bn2.call(this.conv2.call(y)).relu()));
  }
}

const SIDE = 5;
const sgd: OptimizerOptions = { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 };
const adam: OptimizerOptions = { kind: 'adam', beta1: 0.9, beta2: 0.99, amsgrad: true, weightDecay: 0.01 };
const options = (batchSize: number, more: Partial<TrainingOptions> = {}): TrainingOptions => ({
  batchSize,
  height: SIDE,
  width: SIDE,
  normalisation: null,
  optimizer: sgd,
  ...more,
});

/** Images and labels `from` to `to` of an endless made-up set. */
function batch(from: number, to: number) {
  const pixels = Array.from({ length: to - from }, (_, i) => {
    const rng = rngFrom(from + i, 'image');
    return Array.from({ length: 3 * SIDE * SIDE }, () => rng.normal());
  });
  const labels = Array.from({ length: to - from }, (_, i) => (from + i) % 3);
  return { images: arrayOf([to - from, 3, SIDE, SIDE], pixels.flat()), labels: arrayOf([to - from], labels) };
}

const scalars = (optimizer: OptimizerOptions, update: number) =>
  Object.fromEntries(
    Object.entries(scalarsAt(optimizer, 0.1, update)).map(([name, value]) => [name, scalarOf(value)] as const),
  );

const average = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

const prims = (program: Program) => program.ops.map((op) => op.prim);

function expectSame(actual: ReadonlyMap<string, Float64Array>, expected: ReadonlyMap<string, Float64Array>): void {
  for (const [name, values] of expected) {
    values.forEach((value, i) => {
      expect(Math.abs(actual.get(name)![i]! - value), `${name}[${i}]`).toBeLessThan(1e-12);
    });
  }
}

describe('gradient accumulation', () => {
  test.each([
    ['sgd', sgd, null],
    ['adam with amsgrad', adam, null],
    ['sgd with clipped gradients', sgd, 0.1],
  ] as const)('of two batches of three equals one batch of six, without batch norm: %s', (_, optimizer, clipNorm) => {
    const model = new PlainNet();
    const whole = trainingProgram(model, options(6, { optimizer, clipNorm }));
    const { gradient, update } = accumulationPrograms(model, options(3, { optimizer, clipNorm }));
    const [wholeState, state] = [startingState(model, [whole]), startingState(model, [gradient, update])];

    for (const step of [0, 1, 2]) {
      const at = scalars(optimizer, step + 1);
      const whereTo = evaluateStep(whole, wholeState, { ...batch(6 * step, 6 * step + 6), ...at });
      const losses = [0, 1].map(
        (half) =>
          evaluateStep(gradient, state, {
            ...batch(6 * step + 3 * half, 6 * step + 3 * half + 3),
            gradient_carry: scalarOf(half),
            gradient_scale: scalarOf(1 / 2),
          }).get('loss')!,
      );
      const norms = evaluateStep(update, state, at);

      expect((losses[0]! + losses[1]!) / 2).toBeCloseTo(whereTo.get('loss')!, 12);
      expect(norms.get('gradient_norm') ?? 0).toBeCloseTo(whereTo.get('gradient_norm') ?? 0, 12);
    }
    expectSame(plainState([gradient, update], state), plainState([whole], wholeState));
  });

  test('keeps the optimizer out of the batches, and the model out of the update', () => {
    const { gradient, update } = accumulationPrograms(new NormedNet(), options(3));

    expect(gradient.state.map(({ role }) => role)).not.toContain('optimizer');
    expect(update.state.every(({ role }) => role === 'weight' || role === 'optimizer')).toBe(true);
    expect(new Set(prims(update.program))).toEqual(new Set(['ScaleAdd', 'Neg']));
  });

  test('lets every batch into the running statistics, in order', () => {
    const model = new NormedNet();
    const [whole, { gradient, update }] = [trainingProgram(model, options(3)), accumulationPrograms(model, options(3))];
    const still = { learning_rate: scalarOf(0) };
    const [wholeState, state] = [startingState(model, [whole]), startingState(model, [gradient, update])];
    for (const index of [0, 1]) {
      const fed = batch(3 * index, 3 * index + 3);
      evaluateStep(whole, wholeState, { ...fed, ...still });
      evaluateStep(gradient, state, { ...fed, gradient_carry: scalarOf(index), gradient_scale: scalarOf(1 / 2) });
    }

    expect(state.get('statistics')).toEqual(wholeState.get('statistics'));
  });
});

test('a batch norm that is called twice takes in both batches, one after the other', () => {
  class Twice extends Module {
    readonly bn = new BatchNorm2d(3);
    readonly fc = new Linear(3, 3);

    call(x: Tensor): Tensor {
      return this.fc.call(globalAveragePool(this.bn.call(this.bn.call(x).mul(2).add(1))));
    }
  }
  const program = trainingProgram(new Twice(), options(3));
  const state = startingState(new Twice(), [program]);
  evaluateStep(program, state, { ...batch(0, 3), learning_rate: scalarOf(0) });

  // The second call sees the first one's output, of mean 0 and variance 1, doubled and moved by one.
  const first = batch(0, 3).images.data;
  const mean = (channel: number) => average(first.filter((_, i) => Math.floor(i / SIDE ** 2) % 3 === channel));
  const expected = [0, 1, 2].map((channel) => 0.9 * (0.1 * mean(channel)) + 0.1);
  plainState([program], state)
    .get('bn.running_mean')!
    .forEach((value, channel) => {
      expect(value).toBeCloseTo(expected[channel]!, 12);
    });
});

describe('the moving average', () => {
  test.each(['in one program', 'in two'] as const)(
    'starts at the model and follows it, statistics included, %s',
    (how) => {
      const model = new NormedNet();
      const given = options(3, { averages: true });
      const { gradient, update } = accumulationPrograms(model, given);
      const programs = how === 'in two' ? [gradient, update] : [trainingProgram(model, given)];
      const state = startingState(model, programs);
      const averages = plainState(programs, state);
      for (const step of [0, 1, 2]) {
        const share = 1 - averageDecay(0.9, step + 1);
        const feeds = {
          ...batch(3 * step, 3 * step + 3),
          ...scalars(sgd, step + 1),
          gradient_carry: scalarOf(0),
          gradient_scale: scalarOf(1),
          average_weight: scalarOf(share),
        };
        for (const program of programs) evaluateStep(program, state, feeds);
        const now = plainState(programs, state);
        for (const name of ['conv1.weight', 'bn1.bias', 'bn2.running_var', 'fc.bias']) {
          averages.set(
            `average:${name}`,
            averages.get(`average:${name}`)!.map((old, i) => old + share * (now.get(name)![i]! - old)),
          );
        }
      }

      const now = plainState(programs, state);
      for (const name of ['conv1.weight', 'bn1.bias', 'bn2.running_var', 'fc.bias']) {
        expectSame(now, new Map([[`average:${name}`, averages.get(`average:${name}`)!]]));
      }
    },
  );

  test('forgets the start quickly: its decay rises to the one that was asked for', () => {
    expect([1, 10, 90, 1000].map((update) => averageDecay(0.98, update))).toEqual([2 / 11, 11 / 20, 91 / 100, 0.98]);
    expect(averageDecay(0, 5)).toBe(0);
  });
});

describe('frozen layers', () => {
  const frozen = options(3, { frozenPrefixes: ['conv1.', 'bn1.'], averages: true });
  const conv1 = ['conv1.weight', 'bn1.weight', 'bn1.bias', 'bn1.running_mean', 'bn1.running_var'];

  test('have no gradient, and nothing is computed below the first layer that trains', () => {
    const count = (program: Program, prim: string) => prims(program).filter((name) => name === prim).length;
    const all = trainingProgram(new NormedNet(), options(3)).program;
    const part = trainingProgram(new NormedNet(), frozen).program;

    // The first layer's input has no gradient anyway, so one input gradient is left where two layers train.
    expect(['ConvWeightGrad', 'ConvInputGrad', 'BatchNormGrad', 'ReluGrad'].map((prim) => count(all, prim))).toEqual([
      2, 1, 2, 2,
    ]);
    expect(['ConvWeightGrad', 'ConvInputGrad', 'BatchNormGrad', 'ReluGrad'].map((prim) => count(part, prim))).toEqual([
      1, 0, 1, 1,
    ]);
  });

  test('cost no optimizer memory, no average and no accumulated gradient', () => {
    const { gradient, update } = accumulationPrograms(new NormedNet(), { ...frozen, optimizer: adam });
    const programs = [trainingProgram(new NormedNet(), { ...frozen, optimizer: adam }), gradient, update];
    for (const { state, fixed } of programs) {
      const changing = state.flatMap(({ name, parts }) => parts?.map((part) => part.name) ?? [name]);
      const kept = [...changing, ...fixed.map(({ name }) => name)].filter((name) => name.includes(':'));

      expect(changing.filter((name) => conv1.includes(name))).toEqual([]);
      expect(kept.filter((name) => conv1.includes(name.slice(name.indexOf(':') + 1)))).toEqual([]);
    }
    expect(programs[0]!.fixed.map(({ name }) => name).sort()).toEqual(conv1.toSorted());
  });
});

describe('batch norm that keeps its statistics', () => {
  const plain: OptimizerOptions = { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 };
  const program = trainingProgram(new NormedNet(), options(3, { keepsStatistics: true, optimizer: plain }));

  test('neither moves them nor looks at the batch, while scale and bias train', () => {
    expect(program.fixed.map(({ name }) => name).sort()).toEqual(
      ['bn1', 'bn2'].flatMap((layer) => [`${layer}.running_mean`, `${layer}.running_var`]),
    );
    expect(prims(program.program)).not.toContain('BatchNormTrain');
    const trained = program.state.flatMap(({ name, parts }) => parts?.map((part) => part.name) ?? [name]);
    expect(trained).toEqual(expect.arrayContaining(['conv1.weight', 'bn1.weight', 'bn1.bias', 'bn2.bias']));
  });

  test('has the slope that small steps of every parameter show', () => {
    const feeds = { ...batch(0, 3), learning_rate: scalarOf(1) };
    const start = startingState(new NormedNet(), [program]);
    for (const name of ['bn1.running_mean', 'bn2.running_mean']) start.get(name)!.data.set([0.3, -0.2, 0.1, 0.4]);
    for (const name of ['bn1.running_var', 'bn2.running_var']) start.get(name)!.data.set([0.5, 2, 1.5, 0.7]);
    const copied = () => new Map([...start].map(([name, { shape, data }]) => [name, arrayOf(shape, data)] as const));
    const moved = copied();
    evaluateStep(program, moved, feeds);

    const lossAt = (name: string, i: number, by: number) => {
      const state = copied();
      state.get(name)!.data[i]! += by;
      return evaluateStep(program, state, feeds).get('loss')!;
    };
    for (const { name } of program.state) {
      start.get(name)!.data.forEach((value, i) => {
        const slope = (lossAt(name, i, 1e-5) - lossAt(name, i, -1e-5)) / 2e-5;
        expect(value - moved.get(name)!.data[i]!, `${name}[${i}]`).toBeCloseTo(slope, 7);
      });
    }
  });
});

test('updates are written from the first layer to the last, so that the runtime frees the last layers first', () => {
  const { program } = trainingProgram(new NormedNet(), options(3));

  const pieces = ['vectors', 'conv1.weight', 'conv2.weight', 'fc.weight'];
  expect([...program.outputs.keys()].filter((name) => name !== 'next:statistics')).toEqual([
    'loss',
    ...pieces.flatMap((name) => [`next:${name}`, `next:velocity:${name}`]),
  ]);
});

describe('weight decay for all but vectors', () => {
  test('leaves biases and norm scales alone, in one flat tensor of their own', () => {
    const strong = { ...sgd, weightDecay: 0.5 };
    const given = options(3, { optimizer: strong, decays: decaysAllButVectors });
    const plain = options(3, { optimizer: { ...strong, weightDecay: 0 } });
    const stepped = (more: TrainingOptions) => {
      const program = trainingProgram(new NormedNet(), more);
      const state = startingState(new NormedNet(), [program]);
      evaluateStep(program, state, { ...batch(0, 3), ...scalars(strong, 1) });
      return plainState([program], state);
    };

    const [grouped, undecayed, decayed] = [stepped(given), stepped(plain), stepped(options(3, { optimizer: strong }))];

    for (const name of ['bn1.weight', 'bn2.bias', 'fc.bias'])
      expect(grouped.get(name), name).toEqual(undecayed.get(name));
    for (const name of ['conv1.weight', 'fc.weight']) expect(grouped.get(name), name).toEqual(decayed.get(name));
    expect(grouped.get('bn1.weight')).not.toEqual(decayed.get('bn1.weight'));
  });
});
