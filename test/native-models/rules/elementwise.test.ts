import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { gradients } from '../../../native-models/passes/gradients.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { describePrimitives } from '../../kit/primitive-suite.ts';
import { type GradientCase, newGraph, relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

type Inputs = readonly Tensor[];
const positive = (rng: { uniform(): number }) => 0.5 + rng.uniform();
/** At least 0.05 from every whole number: finite differences must not cross a kink. */
const awayFromKinks = (rng: { uniform(): number }) => Math.floor(rng.uniform() * 10 - 5) + 0.05 + 0.9 * rng.uniform();

const unary = (apply: (x: Tensor) => Tensor, draw?: GradientCase['draw']): GradientCase => ({
  shapes: [[3, 7, 5]],
  build: ([x]: Inputs) => apply(x!),
  ...(draw ? { draw } : {}),
});

describePrimitives({
  sigmoid: unary((x) => x.sigmoid()),
  silu: unary((x) => x.silu()),
  'silu, far from zero': unary(
    (x) => x.silu(),
    (rng) => 20 * rng.normal(),
  ),
  'hard sigmoid': unary((x) => x.hardSigmoid(), awayFromKinks),
  'hard sigmoid of its own slope': unary((x) => x.hardSigmoid(0.25, 0.5), awayFromKinks),
  'hard swish': unary((x) => x.hardSwish(), awayFromKinks),
  tanh: unary((x) => x.tanh()),
  softplus: unary((x) => x.softplus()),
  erf: unary((x) => x.erf()),
  atan: unary(
    (x) => x.atan(),
    (rng) => 3 * rng.normal(),
  ),
  abs: unary((x) => x.abs(), awayFromKinks),
  floor: unary((x) => x.floor().add(x), awayFromKinks),
  'square by pow': unary((x) => x.pow(2)),
  'pow with a broken exponent': unary((x) => x.pow(1.5), positive),
  'pow to the first': unary((x) => x.pow(1)),
  'pow to zero': unary((x) => x.pow(0).add(x)),
  'maximum, broadcasting both ways': {
    shapes: [
      [2, 1, 4],
      [3, 1],
    ],
    build: ([x, y]: Inputs) => x!.maximum(y!),
  },
  'minimum of a number': unary((x) => x.minimum(0.25)),
});

test('softplus neither overflows nor loses small values', async () => {
  const graph = newGraph();
  const x = graph.input('x', 'float32', [5]);
  const program = prune(new Map([['y', x.softplus()]]));
  const feeds = new Map([['x', { shape: [5], data: Float64Array.of(-90, -20, 0, 20, 90) }]]);

  const [expected, actual] = [interpret(program, feeds), await runOnnx(program, standardBackend, feeds)];

  expect(expected.get('y')!.data[0]).toBeCloseTo(0, 30);
  expect(expected.get('y')!.data[4]).toBe(90);
  expect(relativeError(actual.get('y')!, expected.get('y')!)).toBeLessThan(1e-6);
});

test('the arc tangent is exact to the last digits everywhere', async () => {
  const values = Float64Array.from({ length: 401 }, (_, i) => Math.fround(Math.sinh((i - 200) / 20)));
  const graph = newGraph();
  const x = graph.input('x', 'float32', [401]);
  const program = prune(new Map([['y', x.atan()]]));

  const actual = await runOnnx(program, standardBackend, new Map([['x', { shape: [401], data: values }]]));

  actual.get('y')!.data.forEach((angle, i) => {
    const exact = Math.atan(values[i]!);
    expect(Math.abs(angle - exact)).toBeLessThanOrEqual(2.5e-7 * Math.abs(exact));
  });
});

describe.each(['maximum', 'minimum'] as const)('%s', (extreme) => {
  test('shares the gradient of equal operands', () => {
    const graph = newGraph();
    const [x, y] = [graph.input('x', 'float32', [1]), graph.input('y', 'float32', [1])];
    const [dx, dy] = gradients(x[extreme](y).sum([0]), [x, y]) as [Tensor, Tensor];
    const program = prune(
      new Map([
        ['dx', dx],
        ['dy', dy],
      ]),
    );
    const same = { shape: [1], data: Float64Array.of(3) };

    const results = interpret(
      program,
      new Map([
        ['x', same],
        ['y', same],
      ]),
    );

    expect([...results.values()].map(({ data }) => data[0])).toEqual([0.5, 0.5]);
  });
});
