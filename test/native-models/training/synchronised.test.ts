import { describe, expect, test } from 'vitest';
import { rngFrom } from '../../../native-models/core/rng.ts';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { BatchNorm2d, Conv2d, Dropout, globalAveragePool, Linear } from '../../../native-models/nn/layers.ts';
import { Module } from '../../../native-models/nn/module.ts';
import { scalarsAt } from '../../../native-models/optim/optimizer.ts';
import { averageDecay } from '../../../native-models/optim/update.ts';
import { ACROSS, KEPT, SAID } from '../../../native-models/passes/stages.ts';
import type { NdArray } from '../../../native-models/rules/nd-array.ts';
import {
  GRADIENT_CARRY,
  GRADIENT_SCALE,
  type SynchronisedPrograms,
  synchronisedPrograms,
  type TrainingOptions,
  trainingProgram,
} from '../../../native-models/training.ts';
import {
  arrayOf,
  type EvaluatedState,
  evaluateStage,
  evaluateStep,
  plainState,
  scalarOf,
  startingState,
} from '../../kit/evaluated-steps.ts';

/** Norms one after the other, beside each other, called twice, over maps of one pixel; and dropout. */
class NormedNet extends Module {
  readonly conv1 = new Conv2d(3, 4, 3, { padding: 1, bias: false });
  readonly bn1 = new BatchNorm2d(4);
  readonly conv2 = new Conv2d(4, 4, 3, { stride: 2, padding: 1, bias: false });
  readonly bn2 = new BatchNorm2d(4);
  readonly shortcut = new Conv2d(4, 4, 1, { stride: 2, bias: false });
  readonly bnShortcut = new BatchNorm2d(4);
  readonly bnTwice = new BatchNorm2d(4);
  readonly conv3 = new Conv2d(4, 5, 3, { bias: false });
  readonly bn3 = new BatchNorm2d(5);
  readonly dropout = new Dropout(0.25);
  readonly fc = new Linear(5, 3);

  call(x: Tensor): Tensor {
    const y = this.bn1.call(this.conv1.call(x)).relu();
    const z = this.bn2
      .call(this.conv2.call(y))
      .add(this.bnShortcut.call(this.shortcut.call(y)))
      .relu();
    const twice = this.bnTwice.call(this.bnTwice.call(z).mul(2)).clip(0, 6);
    return this.fc.call(this.dropout.call(globalAveragePool(this.bn3.call(this.conv3.call(twice)).silu())));
  }
}

const SIDE = 6;
const optimizer = { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 } as const;
const options = (batchSize: number, more: Partial<TrainingOptions> = {}): TrainingOptions => ({
  batchSize,
  height: SIDE,
  width: SIDE,
  normalisation: null,
  optimizer,
  ...more,
});

/** Images `from` to `to` of an endless made-up set, with what is drawn for them. */
function batch(from: number, to: number): Record<string, NdArray> {
  const numbers = (name: string, size: number) =>
    Array.from({ length: to - from }, (_, i) => {
      const rng = rngFrom(from + i, name);
      return Array.from({ length: size }, () => (name === 'noise' ? rng.uniform() : rng.normal() + ((from + i) % 3)));
    }).flat();
  return {
    images: arrayOf([to - from, 3, SIDE, SIDE], numbers('image', 3 * SIDE * SIDE)),
    labels: arrayOf(
      [to - from],
      Array.from({ length: to - from }, (_, i) => (from + i) % 3),
    ),
    'noise.0': arrayOf([to - from, 5], numbers('noise', 5)),
  };
}

/** One update as its runner makes it. Returns the batches' losses and what the update hands out. */
function synchronisedStep(
  { stages, update }: SynchronisedPrograms,
  state: EvaluatedState,
  batches: readonly Readonly<Record<string, NdArray>>[],
  scalars: Readonly<Record<string, NdArray>>,
) {
  const across: Record<string, NdArray> = {};
  const kept = batches.map((): Record<string, NdArray> => ({}));
  const losses = new Map<number, number>();
  const scale = { [GRADIENT_SCALE]: scalarOf(1 / batches.length) };
  for (const stage of stages) {
    const sums = new Map<string, NdArray>();
    batches.forEach((fed, i) => {
      const given = { ...fed, ...across, ...kept[i]!, ...scale, [GRADIENT_CARRY]: scalarOf(Math.min(i, 1)) };
      for (const [name, value] of evaluateStage(stage, state, given)) {
        if (name === 'loss') losses.set(i, value.data[0]!);
        else if (name.startsWith(KEPT)) kept[i]![name] = value;
        else {
          const before =
            sums.get(name) ??
            arrayOf(
              value.shape,
              value.data.map(() => 0),
            );
          sums.set(
            name,
            arrayOf(
              value.shape,
              before.data.map((sum, k) => sum + value.data[k]! / batches.length),
            ),
          );
        }
      }
      for (const name of stage.lastReads) delete kept[i]![name];
    });
    for (const [name, value] of sums) across[ACROSS + name.slice(SAID.length)] = value;
  }
  expect(kept.every((left) => Object.keys(left).length === 0)).toBe(true);
  const told = evaluateStep(update, state, { ...scalars, ...scale, ...across });
  return { losses: batches.map((_, i) => losses.get(i)!), told };
}

function expectSame(actual: ReadonlyMap<string, Float64Array>, expected: ReadonlyMap<string, Float64Array>): void {
  for (const [name, values] of expected) {
    values.forEach((value, i) => {
      expect(Math.abs(actual.get(name)![i]! - value), `${name}[${i}]`).toBeLessThan(1e-11);
    });
  }
}

describe('batch norms that see all batches of an update as one', () => {
  test.each([
    ['two of three', 2, 3, {}],
    ['three of one', 3, 1, {}],
    ['one of four', 1, 4, {}],
    ['two of two, gradients clipped, weights averaged', 2, 2, { clipNorm: 0.1, averages: true }],
    ['two of two, first layers frozen', 2, 2, { frozenPrefixes: ['conv1.', 'bn1.', 'conv2.'] }],
  ] as const)('make of small batches one large one, in float64: %s', (_, count, size, more) => {
    const model = new NormedNet();
    const whole = trainingProgram(model, options(count * size, more));
    const programs = synchronisedPrograms(model, options(size, more));
    const all = [...programs.stages, programs.update];
    const [wholeState, state] = [startingState(model, [whole]), startingState(model, all)];

    for (const step of [0, 1, 2]) {
      const first = step * count * size;
      const scalars = {
        ...Object.fromEntries(Object.entries(scalarsAt(optimizer, 0.1, step + 1)).map(([k, v]) => [k, scalarOf(v)])),
        average_weight: scalarOf(1 - averageDecay(0.9, step + 1)),
      };
      const expected = evaluateStep(whole, wholeState, { ...batch(first, first + count * size), ...scalars });
      const batches = Array.from({ length: count }, (_, i) => batch(first + i * size, first + (i + 1) * size));
      const { losses, told } = synchronisedStep(programs, state, batches, scalars);

      expect(losses.reduce((sum, loss) => sum + loss / count, 0)).toBeCloseTo(expected.get('loss')!, 11);
      expect(told.get('gradient_norm') ?? 0).toBeCloseTo(expected.get('gradient_norm') ?? 0, 11);
    }
    expectSame(plainState(all, state), plainState([whole], wholeState));
  });
});
