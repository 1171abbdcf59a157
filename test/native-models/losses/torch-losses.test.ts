import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { binaryCrossEntropy } from '../../../native-models/losses/binary-cross-entropy.ts';
import { completeIouLoss } from '../../../native-models/losses/box-overlap.ts';
import { crossEntropy } from '../../../native-models/losses/cross-entropy.ts';
import { focalLoss } from '../../../native-models/losses/focal.ts';
import type { Reduction } from '../../../native-models/losses/reduction.ts';
import { smoothL1 } from '../../../native-models/losses/smooth-l1.ts';
import { pulledBack } from '../../../native-models/passes/gradients.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { formulaValues, type LossCase, lossCases } from '../../kit/fixture-operators.ts';
import { testDerivatives } from '../../kit/primitive-suite.ts';
import { newGraph } from '../../kit/programs.ts';

type Inputs = Readonly<Record<string, Tensor>>;

const box = (inputs: Inputs, which: string): Tensor => {
  const [corner, size] = [inputs[`${which}_corner`]!, inputs[`${which}_size`]!];
  return corner.concat([corner.add(size)], 1);
};

/** Targets of the focal loss are recorded before rounding to 0 or 1. */
const rounded = (x: Tensor): Tensor => x.add(0.5).floor();

const losses = {
  binary_cross_entropy: (inputs: Inputs, { attributes }: LossCase) =>
    binaryCrossEntropy(inputs['logits']!, inputs['targets']!, {
      reduction: attributes['reduction'] as Reduction,
      positiveWeights: inputs['weights'] ?? null,
    }),
  focal: (inputs: Inputs, { attributes }: LossCase) => {
    const { alpha, gamma } = attributes as { alpha: number; gamma: number };
    const options = { alpha: alpha < 0 ? null : alpha, gamma };
    return focalLoss(inputs['logits']!, rounded(inputs['targets']!), options);
  },
  smooth_l1: (inputs: Inputs, { attributes }: LossCase) =>
    smoothL1(inputs['prediction']!, inputs['target']!, attributes['beta'] as number),
  ciou: (inputs: Inputs) => completeIouLoss(box(inputs, 'prediction'), box(inputs, 'truth')),
  smoothed_cross_entropy: (inputs: Inputs, { attributes, labels }: LossCase) => {
    const { graph } = inputs['logits']!;
    const truth = graph.constant(labels!, [labels!.length], 'int32');
    const labelSmoothing = attributes['smoothing'] as number;
    return crossEntropy(inputs['logits']!, truth, inputs['weights'] ?? null, { labelSmoothing });
  },
} as const;

/** Outputs `y`, `loss` (y times the cotangent, summed) and one `g` per differentiable input, which are named x0, x1, … */
function programOf(recorded: LossCase) {
  const graph = newGraph();
  const names = Object.keys(recorded.gradients);
  const inputNames = new Map(names.map((name, i) => [name, `x${i}`]));
  const tensors = Object.fromEntries(
    Object.entries(recorded.inputs).map(([name, entry]) => {
      const known = inputNames.get(name);
      if (known !== undefined) return [name, graph.input(known, 'float32', entry.shape)];
      return [name, graph.constant(formulaValues(entry), entry.shape)];
    }),
  );
  const y = losses[recorded.operator](tensors, recorded);
  const cotangent = graph.constant(formulaValues(recorded.cotangent), y.shape);
  const slopes = pulledBack(
    y,
    cotangent,
    names.map((name) => tensors[name]!),
  );
  const loss = y.mul(cotangent).sum(y.shape.map((_, axis) => axis));
  const outputs = new Map([['y', y], ['loss', loss], ...slopes.map((slope, i) => [`g${i}`, slope] as const)] as const);
  const feeds = new Map(
    names.map((name, i) => {
      const entry = recorded.inputs[name]!;
      return [`x${i}`, { shape: entry.shape, data: formulaValues(entry) }] as const;
    }),
  );
  return { program: prune(outputs), feeds };
}

describe.each(lossCases().map((recorded) => [recorded.name, recorded] as const))('%s', (_, recorded) => {
  test('values and gradients are those of torch', () => {
    const { program, feeds } = programOf(recorded);

    const results = interpret(program, feeds);

    const expected = [recorded.output, ...Object.values(recorded.gradients)];
    ['y', ...Object.keys(recorded.gradients).map((__, i) => `g${i}`)].forEach((name, i) => {
      const { shape, values } = expected[i]!;
      const actual = results.get(name)!;
      expect(actual.shape, name).toEqual(shape);
      const difference = actual.data.reduce((most, value, at) => Math.max(most, Math.abs(value - values[at]!)), 0);
      expect(difference, name).toBeLessThan(1e-9);
    });
  });

  testDerivatives(() => programOf(recorded), recorded.name.length);
});

test('shapes that do not fit are refused by name', () => {
  const graph = newGraph();
  const [a, b] = [graph.input('a', 'float32', [3, 4]), graph.input('b', 'float32', [4, 3])];

  expect(() => binaryCrossEntropy(a, b)).toThrow('binaryCrossEntropy: logits are [3,4], targets [4,3]');
  expect(() => smoothL1(a, b)).toThrow('smoothL1: prediction are [3,4], target [4,3]');
  expect(() => completeIouLoss(b, b)).toThrow('predictions are [4,3], boxes need a last axis of 4');
});
