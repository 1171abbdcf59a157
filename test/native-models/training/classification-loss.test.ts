import { expect, test } from 'vitest';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { globalAveragePool, Linear } from '../../../native-models/nn/layers.ts';
import { Module } from '../../../native-models/nn/module.ts';
import { type TrainingOptions, trainingProgram } from '../../../native-models/training.ts';
import { arrayOf, evaluateStep, scalarOf, startingState } from '../../kit/evaluated-steps.ts';

/** The mean of each plane is the logit of a class, before a step has changed the weights. */
class MeansNet extends Module {
  readonly fc = new Linear(3, 3);

  call(x: Tensor): Tensor {
    return this.fc.call(globalAveragePool(x));
  }
}

const LOGITS = [
  [2, -1, 0],
  [-3, 0.5, 1],
];

/** The loss of the logits above, and the weights' and biases' step at a learning rate of 1. */
function step(labels: ReturnType<typeof arrayOf>, more: Partial<TrainingOptions>) {
  const model = new MeansNet();
  const program = trainingProgram(model, {
    ...{ batchSize: 2, height: 1, width: 1, normalisation: null },
    optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
    ...more,
  });
  const state = startingState(model, [program]);
  state.set('fc.weight', arrayOf([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]));
  state.set('fc.bias', arrayOf([3], [0, 0, 0]));
  const feeds = { images: arrayOf([2, 3, 1, 1], LOGITS.flat()), labels, learning_rate: scalarOf(1) };
  const loss = evaluateStep(program, state, feeds).get('loss')!;
  return { loss, bias: [...state.get('fc.bias')!.data] };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const SETS = [
  [1, 0, 1],
  [0, 0, 0],
];

test.each([
  ['plain', null, [1, 1, 1]],
  ['by class', [1, 2, 4], [1, 2, 4]],
])('sigmoid: every class is a question of its own; %s weights multiply the positive part', (_, classWeights, w) => {
  const { loss, bias } = step(arrayOf([2, 3], SETS.flat()), { activation: 'sigmoid', classWeights });

  const terms = LOGITS.flatMap((row, n) =>
    row.map((x, c) => (SETS[n]![c] === 1 ? -w[c]! * Math.log(sigmoid(x)) : -Math.log(1 - sigmoid(x)))),
  );
  expect(loss).toBeCloseTo(mean(terms), 12);
  const slope = (c: number) =>
    LOGITS.reduce((sum, row, n) => {
      const p = sigmoid(row[c]!);
      return sum + (SETS[n]![c] === 1 ? w[c]! * (p - 1) : p) / terms.length;
    }, 0);
  bias.forEach((value, c) => {
    expect(value).toBeCloseTo(-slope(c), 12);
  });
});

test('softmax: the classes compete for each image', () => {
  const { loss } = step(arrayOf([2], [0, 2]), {});

  const terms = LOGITS.map((row, n) => {
    const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
    return Math.log(total) - row[[0, 2][n]!]!;
  });
  expect(loss).toBeCloseTo(mean(terms), 12);
});
