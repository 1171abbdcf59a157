import { describe, expect, test } from 'vitest';
import type { Pads, Pair } from '../../../native-models/core/primitives.ts';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { gradients } from '../../../native-models/passes/gradients.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { formulaValues, operatorCases } from '../../kit/fixture-operators.ts';
import { newGraph } from '../../kit/programs.ts';

/** Of float64 on both sides; the reference holds the slope of its hard sigmoid, one sixth, in float32. */
const TOLERANCE = 1e-8;

type Inputs = Readonly<Record<string, Tensor>>;
type Attributes = Readonly<Record<string, unknown>>;

/** How each recorded operator is written with ours. */
const operators = {
  conv2d: (inputs: Inputs, attributes: Attributes) => {
    const { stride, pads, dilation, groups } = attributes as {
      stride: Pair;
      pads: Pads;
      dilation: Pair;
      groups: number;
    };
    const attrs = { strides: stride, pads, dilations: dilation, group: groups };
    return inputs['x']!.conv(inputs['weight']!, inputs['bias'] ?? null, attrs);
  },
  max_pool2d: (inputs: Inputs, attributes: Attributes) => inputs['x']!.maxPool(windowOf(attributes)),
  avg_pool2d: (inputs: Inputs, attributes: Attributes) => inputs['x']!.averagePool(windowOf(attributes)),
  global_avg_pool2d: (inputs: Inputs) => inputs['x']!.mean([2, 3], true),
  batch_norm_training: (inputs: Inputs, attributes: Attributes) => {
    const { epsilon } = attributes as { epsilon: number };
    const operands = [inputs['x']!, inputs['weight']!, inputs['bias']!];
    return inputs['x']!.graph.apply('BatchNormTrain', operands, { epsilon })[0]!;
  },
  batch_norm_frozen: (inputs: Inputs, attributes: Attributes) => {
    const { epsilon } = attributes as { epsilon: number };
    const operands = ['x', 'weight', 'bias', 'mean', 'variance'].map((name) => inputs[name]!);
    return inputs['x']!.graph.apply('BatchNormInference', operands, { epsilon })[0]!;
  },
  relu6: (inputs: Inputs) => inputs['x']!.clip(0, 6),
  gelu: (inputs: Inputs) => inputs['x']!.gelu(),
  silu: (inputs: Inputs) => inputs['x']!.silu(),
  sigmoid: (inputs: Inputs) => inputs['x']!.sigmoid(),
  tanh: (inputs: Inputs) => inputs['x']!.tanh(),
  softplus: (inputs: Inputs) => inputs['x']!.softplus(),
  hard_sigmoid: (inputs: Inputs) => inputs['x']!.hardSigmoid(),
  hard_swish: (inputs: Inputs) => inputs['x']!.hardSwish(),
  softmax: (inputs: Inputs) => inputs['x']!.softmax(1),
  linear: (inputs: Inputs) => inputs['x']!.matmul(inputs['weight']!, { transposeB: true }).add(inputs['bias']!),
} as const;

function windowOf(attributes: Attributes) {
  const { kernel, stride, pads } = attributes as { kernel: Pair; stride: Pair; pads: Pads };
  return { kernel, stride, padding: pads };
}

describe.each(Object.entries(operators))('%s', (operator, build) => {
  test.each(operatorCases(operator as keyof typeof operators).map((recorded) => [recorded.name, recorded] as const))(
    '%s: output and gradients are those of torch',
    (_, { inputs, attributes, cotangent, output, gradients: expected }) => {
      const graph = newGraph();
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, { shape }]) => [name, graph.input(name, 'float32', shape)]),
      );
      const y = build(tensors, attributes);
      const g = graph.constant(formulaValues(cotangent), cotangent.shape);
      const loss = y.mul(g).sum(y.shape.map((__, axis) => axis));
      const names = Object.keys(expected);
      const slopes = gradients(
        loss,
        names.map((name) => tensors[name]!),
      );
      const outputs = new Map([['y', y], ...names.map((name, i) => [name, slopes[i]!] as const)]);
      const feeds = new Map(
        Object.entries(inputs).map(
          ([name, entry]) => [name, { shape: entry.shape, data: formulaValues(entry) }] as const,
        ),
      );

      const results = interpret(prune(outputs), feeds);

      expect(results.get('y')!.shape).toEqual(output.shape);
      expectEqual(results.get('y')!.data, output.values);
      for (const name of names) expectEqual(results.get(name)!.data, expected[name]!.values);
    },
  );
});

function expectEqual(actual: Float64Array, expected: readonly number[]): void {
  const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(worst).toBeLessThan(TOLERANCE);
}
