import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import type { Program } from '../../../native-models/core/program.ts';
import { sizeOf } from '../../../native-models/core/shape.ts';
import { type OptimizerOptions, scalarsAt, slotsOf } from '../../../native-models/optim/optimizer.ts';
import { NEXT } from '../../../native-models/optim/state.ts';
import { GRADIENT_NORM, updateOutputs } from '../../../native-models/optim/update.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { verify } from '../../../native-models/passes/verify.ts';
import type { NdArray } from '../../../native-models/rules/nd-array.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { fixtureTensor } from '../../kit/fixture-weights.ts';
import { newGraph, relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

interface Case {
  readonly optimizer: 'sgd' | 'adam' | 'adamw';
  readonly options: {
    readonly weight_decay: number;
    readonly momentum?: number;
    readonly nesterov?: boolean;
    readonly betas?: readonly [number, number];
    readonly amsgrad?: boolean;
  };
  readonly after: readonly (readonly number[])[];
}

interface Fixture {
  readonly size: number;
  readonly steps: number;
  readonly rates: readonly number[];
  readonly cases: readonly Case[];
  readonly clips: {
    readonly shapes: readonly (readonly number[])[];
    readonly cases: readonly {
      readonly limit: number;
      readonly norm: number;
      readonly gradients: readonly (readonly number[])[];
    }[];
  };
}

const fixture = JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'torch', 'optimizers.json'), 'utf8')) as Fixture;

function optionsOf({ optimizer: kind, options }: Case): OptimizerOptions {
  const { weight_decay: weightDecay, momentum = 0, nesterov = false, betas = [0, 0], amsgrad = false } = options;
  if (kind === 'sgd') return { kind, momentum, nesterov, weightDecay };
  return { kind, beta1: betas[0], beta2: betas[1], amsgrad, weightDecay };
}

/** The update of one vector `p`, with its gradient as the input `g`. */
function updateProgram(optimizer: OptimizerOptions, isDecayed = true): Program {
  const graph = newGraph();
  const [parameter, gradient] = ['p', 'g'].map((name) => graph.input(name, 'float32', [fixture.size]));
  const slopes = [{ name: 'p', parameter: parameter!, gradient: gradient!, isDecayed }];
  const program = prune(updateOutputs(graph, slopes, { optimizer }));
  verify(program);
  return program;
}

const array = (shape: readonly number[], data: ArrayLike<number>): NdArray => ({
  shape,
  data: Float64Array.from(data),
});
const vector = (data: ArrayLike<number>) => array([data.length], data);

/** Gradient of step `t`, from 1, as the fixture's script makes it. */
function gradientAt(t: number): Float64Array {
  if (t === fixture.steps) return new Float64Array(fixture.size);
  const { data } = fixtureTensor(`optimizer gradient ${t}`, [fixture.size]);
  return Float64Array.from(data, (value) => value * 10 ** -(t % 4));
}

function scalarFeeds(optimizer: OptimizerOptions, t: number): [string, NdArray][] {
  return Object.entries(scalarsAt(optimizer, fixture.rates[t - 1]!, t)).map(([name, value]) => [
    name,
    array([], [value]),
  ]);
}

describe.each(
  fixture.cases.map((recorded) => [`${recorded.optimizer} ${JSON.stringify(recorded.options)}`, recorded] as const),
)('%s', (_, recorded) => {
  const optimizer = optionsOf(recorded);
  const program = updateProgram(optimizer);
  const start = () =>
    new Map<string, NdArray>([
      ['p', vector(fixtureTensor('optimizer parameter', [fixture.size]).data)],
      ...slotsOf(optimizer).map((slot) => [`${slot}:p`, vector(new Float64Array(fixture.size))] as const),
    ]);

  test("follows torch's parameter through every step", () => {
    const state = start();
    recorded.after.forEach((expected, i) => {
      const t = i + 1;
      const feeds = new Map([...state, ['g', vector(gradientAt(t))] as const, ...scalarFeeds(optimizer, t)]);
      const results = interpret(program, feeds);
      for (const name of state.keys()) state.set(name, results.get(NEXT + name)!);

      expect(relativeError(state.get('p')!, vector(expected)), `step ${t}`).toBeLessThan(1e-12);
    });
  });

  test('the runtime computes what the evaluator says', async () => {
    const state = start();
    for (const slot of slotsOf(optimizer)) {
      const { data } = fixtureTensor(slot, [fixture.size]);
      state.set(`${slot}:p`, vector(data.map((value) => (slot === 'velocity' ? value : Math.abs(value)))));
    }
    const feeds = new Map([...state, ['g', vector(gradientAt(2))] as const, ...scalarFeeds(optimizer, 2)]);
    const expected = interpret(program, feeds);
    const actual = await runOnnx(program, standardBackend, feeds);

    for (const [name, value] of expected) expect(relativeError(actual.get(name)!, value), name).toBeLessThan(1e-6);
  });
});

describe('a parameter outside the group with weight decay', () => {
  test.each(['sgd', 'adam', 'adamw'] as const)('steps under %s as if the decay were zero', (kind) => {
    const make = (weightDecay: number): OptimizerOptions =>
      kind === 'sgd'
        ? { kind, momentum: 0.9, nesterov: true, weightDecay }
        : { kind, beta1: 0.9, beta2: 0.99, amsgrad: false, weightDecay };
    const feeds = new Map<string, NdArray>([
      ['p', vector(fixtureTensor('optimizer parameter', [fixture.size]).data)],
      ['g', vector(gradientAt(1))],
      ...slotsOf(make(0)).map((slot) => [`${slot}:p`, vector(new Float64Array(fixture.size))] as const),
      ...scalarFeeds(make(0), 2),
    ]);

    const exempt = interpret(updateProgram(make(0.5), false), feeds);

    expect(exempt).toEqual(interpret(updateProgram(make(0)), feeds));
    expect(exempt).not.toEqual(interpret(updateProgram(make(0.5)), feeds));
  });
});

describe('clipping the gradient', () => {
  const { shapes, cases } = fixture.clips;

  /** Plain descent at rate 1 from zero, so that the parameter ends at minus the clipped gradient. */
  function clipped(limit: number, gradients: readonly NdArray[]) {
    const graph = newGraph();
    const slopes = shapes.map((shape, i) => ({
      name: `p${i}`,
      parameter: graph.input(`p${i}`, 'float32', shape),
      gradient: graph.input(`g${i}`, 'float32', shape),
      isDecayed: true,
    }));
    const optimizer = { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
    const program = prune(updateOutputs(graph, slopes, { optimizer, clipNorm: limit }));
    verify(program);
    const feeds = new Map([
      ['learning_rate', array([], [1])],
      ...shapes.map((shape, i) => [`p${i}`, array(shape, new Float64Array(sizeOf(shape)))] as const),
      ...gradients.map((gradient, i) => [`g${i}`, gradient] as const),
    ]);
    const results = interpret(program, feeds);
    const moved = shapes.map((_, i) => [...results.get(`${NEXT}p${i}`)!.data].map((value) => -value));
    return { norm: results.get(GRADIENT_NORM)!.data[0]!, moved };
  }

  test.each(cases)("to $limit gives torch's numbers", ({ limit, norm, gradients }) => {
    const raw = shapes.map((shape, i) => array(shape, fixtureTensor(`clip gradient ${i}`, shape).data));
    const result = clipped(limit, raw);

    expect(result.norm).toBeCloseTo(norm, 12);
    result.moved.forEach((values, i) => {
      expect(relativeError(vector(values), vector(gradients[i]!)), `gradient ${i}`).toBeLessThan(1e-12);
    });
  });

  test('leaves a zero gradient zero', () => {
    const zeros = shapes.map((shape) => array(shape, new Float64Array(sizeOf(shape))));

    expect(clipped(1, zeros)).toEqual({ norm: 0, moved: shapes.map((shape) => new Array(sizeOf(shape)).fill(-0)) });
  });
});
