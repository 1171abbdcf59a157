import { expect, test } from 'vitest';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { errorFunction } from '../../../native-models/rules/error-function.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { describePrimitives } from '../../kit/primitive-suite.ts';
import { newGraph, relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

type Inputs = readonly Tensor[];

describePrimitives({
  gelu: { shapes: [[3, 4, 5]], build: ([x]: Inputs) => x!.gelu() },
  'gelu, far from zero': { shapes: [[40]], draw: (rng) => 8 * rng.normal(), build: ([x]: Inputs) => x!.gelu() },
  'gelu, of zero as well': {
    shapes: [[40]],
    draw: (rng) => (rng.uniform() < 0.5 ? 0 : rng.normal()),
    build: ([x]: Inputs) => x!.gelu(),
  },
  'values mixed by softmax': {
    shapes: [
      [2, 3, 5],
      [2, 5, 4],
    ],
    build: ([scores, values]: Inputs) => scores!.softmax(-1).matmul(values!),
  },
  'values mixed by softmax, which something else reads': {
    shapes: [
      [3, 5],
      [5, 4],
    ],
    build: ([scores, values]: Inputs) => {
      const shares = scores!.softmax(-1);
      return shares.matmul(values!).concat([shares.mul(shares)], -1);
    },
  },
  'values mixed by softmax, and other values by the same': {
    shapes: [
      [3, 5],
      [5, 4],
      [5, 4],
    ],
    build: ([scores, values, others]: Inputs) => {
      const shares = scores!.softmax(-1);
      return shares.matmul(values!).concat([shares.matmul(others!).exp()], 0);
    },
  },
  'layer norm': {
    shapes: [[2, 3, 5], [5], [5]],
    build: ([x, weight, bias]: Inputs) => x!.standardize(1e-6).mul(weight!).add(bias!),
  },
  'layer norm of one row': {
    shapes: [[1, 7], [7], [7]],
    build: ([x, weight, bias]: Inputs) => x!.standardize(1e-6).mul(weight!).add(bias!),
  },
  standardize: { shapes: [[2, 3, 5]], build: ([x]: Inputs) => x!.standardize(1e-6) },
  'standardize one vector': { shapes: [[7]], build: ([x]: Inputs) => x!.standardize(1e-5) },
  'standardize rows that lie far from zero': {
    shapes: [[4, 6]],
    draw: (rng) => 100 + rng.normal(),
    build: ([x]: Inputs) => x!.standardize(1e-6),
  },
  'split, every part used': {
    shapes: [[3, 6, 2]],
    build: ([x]: Inputs) => {
      const [first, second, third] = x!.split([1, 2, 3], 1) as [Tensor, Tensor, Tensor];
      return first.mul(second).concat([third.exp()], 1);
    },
  },
  'split, the first and the last part unused': {
    shapes: [[3, 6]],
    build: ([x]: Inputs) => x!.split([2, 1, 3], -1)[1]!.exp(),
  },
  'linear with bias': {
    shapes: [[3, 4], [5, 4], [5]],
    build: ([x, weight, bias]: Inputs) => x!.linear(weight!, bias!),
  },
});

test('the error function is the tabulated one', () => {
  // Abramowitz and Stegun 1964, table 7.1.
  expect(errorFunction(0.5)).toBeCloseTo(0.5204998778, 10);
  expect(errorFunction(2)).toBeCloseTo(0.995322265, 9);
  expect(errorFunction(-1)).toBeCloseTo(-0.8427007929, 10);
});

test('gelu whose derivative nobody asks for has the same values', async () => {
  const graph = newGraph();
  const x = graph.input('x', 'float32', [5]);
  const program = prune(new Map([['y', x.gelu()]]));
  const feeds = new Map([['x', { shape: [5], data: Float64Array.of(-9, -1, 0, 0.5, 7) }]]);

  const [expected, actual] = [interpret(program, feeds), await runOnnx(program, standardBackend, feeds)];

  expect(relativeError(actual.get('y')!, expected.get('y')!)).toBeLessThan(1e-6);
});

test('a bias needs a product of two matrices', () => {
  const graph = newGraph();
  const [x, weight] = [graph.input('x', 'float32', [2, 3, 4]), graph.input('w', 'float32', [5, 4])];

  expect(() => x.linear(weight, graph.input('b', 'float32', [5]))).toThrow(
    'matmul: bias [5] needs two matrices and [5], operands are [2,3,4] and [5,4]',
  );
});
