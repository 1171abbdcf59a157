import { describe, expect, test } from 'vitest';
import { LoopStepper } from '../../../main/train/loop-stepper.ts';
import type { Tensor as Fed } from '../../../main/train/runtime.ts';
import { fromScratch } from '../../../main/train/weights-file.ts';
import { IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import type { Tensor as Value } from '../../../native-models/core/tensor.ts';
import { Conv2d, globalAveragePool, Linear } from '../../../native-models/nn/layers.ts';
import { Module, namedParameters } from '../../../native-models/nn/module.ts';
import { SCALER } from '../../../native-models/optim/loss-scale.ts';
import { NEXT, startingValue } from '../../../native-models/optim/state.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import type { NdArray } from '../../../native-models/rules/nd-array.ts';
import { halfBackend, planHalf } from '../../../native-models/rules/onnx-half.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { type TrainingProgram, trainingProgram } from '../../../native-models/training.ts';
import { feedsAt, TOY, toy } from '../../kit/toy-network.ts';

const LOOP = { device: 'cpu', threads: 1, nowMs: () => 0, stepsPerRun: 5 } as const;

type Values = ReadonlyMap<string, Float32Array>;

async function trained(program: TrainingProgram, values: Values, steps: number, isHalf: boolean) {
  const backend = isHalf ? halfBackend(program.program, standardBackend) : standardBackend;
  const stepper = await LoopStepper.open(program, values, { ...LOOP, backend });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    for (const { loss } of await stepper.step(feedsAt(program, step))) losses.push(loss);
  }
  for (const { loss } of await stepper.flush()) losses.push(loss);
  const tensors = new Map([...(await stepper.tensors())].map(([name, { data }]) => [name, Float32Array.from(data)]));
  await stepper.release();
  return { losses, tensors };
}

const scaling = (stepsToGrowth = 2000) => toy([], { lossScaling: { stepsToGrowth } });
const withScale = (values: Values, scale: number): Values =>
  new Map([...values, [`${SCALER}loss_scale`, Float32Array.of(scale)]]);

describe('the plan', () => {
  const { program } = scaling().program;
  const plan = planHalf(program);

  test('keeps inputs, outputs and whatever leads from gradients to new parameters in float32', () => {
    expect(program.inputs.filter((input) => plan.kept.has(input))).toEqual([]);
    expect([...program.outputs.values()].filter((output) => plan.kept.has(output))).toEqual([]);
    expect(program.ops.filter((op) => op.prim === 'ScaleAdd' && plan.computed.has(op))).toEqual([]);
  });

  test('computes every product in half, and statistics, losses and pooling in float32', () => {
    const computed = (...prims: string[]) =>
      program.ops.filter((op) => prims.includes(op.prim)).map((op) => plan.computed.has(op));

    expect(computed('Conv', 'ConvInputGrad', 'ConvWeightGrad', 'MatMul')).not.toContain(false);
    expect(computed('BatchNormTrain', 'BatchNormGrad', 'MaxPool', 'MaxPoolGrad', 'LogSoftmax', 'Exp')).not.toContain(
      true,
    );
  });

  test('keeps the maps between layers in half', () => {
    const maps = program.ops.filter(({ prim }) => ['BatchNormTrain', 'Relu', 'Conv', 'MaxPool'].includes(prim));

    expect(maps.map((op) => plan.kept.has(op.outputs[0]!))).not.toContain(false);
  });
});

describe('training in half precision', () => {
  test('follows float32', async () => {
    const plain = toy();
    const { program, values } = scaling();

    const expected = await trained(plain.program, plain.values, 20, false);
    const actual = await trained(program, values, 20, true);

    expect(actual.losses.some((loss, i) => loss !== expected.losses[i])).toBe(true);
    actual.losses.forEach((loss, i) => {
      expect(Math.abs(loss - expected.losses[i]!)).toBeLessThan(0.02);
    });
    expect(actual.tensors.get(`${SCALER}good_steps`)).toEqual(Float32Array.of(20));
  });

  test('rounds where the evaluator rounds', async () => {
    const { program, values } = scaling();
    const array = (tensor: Fed): NdArray => ({
      shape: tensor.dims,
      data: Float64Array.from(tensor.data as Float32Array),
    });
    const feeds = new Map<string, NdArray>([
      ...Object.entries(feedsAt(program, 0)).map(([name, tensor]) => [name, array(tensor)] as const),
      ...program.state.map((tensor) => {
        const data = Float64Array.from(startingValue(tensor, values));
        return [tensor.name, { shape: tensor.shape, data }] as const;
      }),
    ]);

    const exact = interpret(program.program, feeds);
    const rounded = interpret(program.program, feeds, planHalf(program.program));
    const { losses } = await trained(program, values, 1, true);

    const [withRounding, without] = [rounded, exact].map((results) =>
      Math.abs(losses[0]! - results.get('loss')!.data[0]!),
    );
    expect(withRounding).toBeLessThan(2e-3);
    expect(without).not.toBe(withRounding);
    expect(rounded.get(`${NEXT}${SCALER}loss_scale`)!.data[0]).toBe(65536);
  });
});

/** A pyramid's way down: coarse maps, made finer, beside fine ones. */
class Finer extends Module {
  readonly fine = new Conv2d(3, 8, 3, { padding: 1 });
  readonly coarse = new Conv2d(8, 8, 3, { stride: 2, padding: 1 });
  readonly fc = new Linear(8, 3);

  call(x: Value): Value {
    const fine = this.fine.call(x).relu();
    return this.fc.call(globalAveragePool(this.coarse.call(fine).upsample([2, 2]).add(fine).silu()));
  }
}

test('maps of a pyramid are made finer in half as well', async () => {
  const model = new Finer();
  const values = fromScratch(namedParameters(model), 3);
  const sgd = { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 } as const;
  const options = { ...TOY, normalisation: IMAGENET_CONVENTION, optimizer: sgd };

  const expected = await trained(trainingProgram(model, options), values, 5, false);
  const actual = await trained(trainingProgram(model, { ...options, lossScaling: {} }), values, 5, true);

  expect(actual.losses).toHaveLength(5);
  actual.losses.forEach((loss, i) => {
    expect(Math.abs(loss - expected.losses[i]!)).toBeLessThan(0.02);
  });
});

describe('the loss scale', () => {
  test('is halved by a step that overflows, which changes nothing else', async () => {
    const { program, values } = scaling();
    const start = withScale(values, 2 ** 24);

    const { losses, tensors } = await trained(program, start, 1, true);

    expect(Number.isFinite(losses[0]!)).toBe(true);
    expect(tensors.get(`${SCALER}loss_scale`)).toEqual(Float32Array.of(2 ** 23));
    expect(tensors.get(`${SCALER}good_steps`)).toEqual(Float32Array.of(0));
    for (const [name, value] of values) expect([name, tensors.get(name)]).toEqual([name, value]);
  });

  test('goes down until steps are good again, and training goes on', async () => {
    const { program, values } = scaling();

    const { tensors } = await trained(program, withScale(values, 2 ** 24), 15, true);

    expect(tensors.get(`${SCALER}loss_scale`)![0]).toBeLessThan(2 ** 24);
    expect(tensors.get(`${SCALER}good_steps`)![0]).toBeGreaterThan(0);
    expect(tensors.get('fc.weight')).not.toEqual(values.get('fc.weight'));
  });

  test('doubles after so many good steps in a row', async () => {
    const { program, values } = scaling(2);

    const { tensors } = await trained(program, withScale(values, 1024), 5, true);

    expect(tensors.get(`${SCALER}loss_scale`)).toEqual(Float32Array.of(4096));
    expect(tensors.get(`${SCALER}good_steps`)).toEqual(Float32Array.of(1));
  });

  test('changes nothing of a training in float32', async () => {
    const plain = toy();
    const { program, values } = scaling();

    const expected = await trained(plain.program, plain.values, 5, false);
    const actual = await trained(program, values, 5, false);

    actual.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(expected.losses[i]!, 6);
    });
  });
});
