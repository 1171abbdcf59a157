/** Small programs with random feeds, for tests that compare one meaning of a primitive with another. */

import { Graph } from '../../native-models/core/graph.ts';
import type { Program } from '../../native-models/core/program.ts';
import { type Rng, rngFrom } from '../../native-models/core/rng.ts';
import { type Shape, sizeOf } from '../../native-models/core/shape.ts';
import type { Tensor } from '../../native-models/core/tensor.ts';
import { ModelBinding } from '../../native-models/nn/binding.ts';
import type { Module } from '../../native-models/nn/module.ts';
import { gradients } from '../../native-models/passes/gradients.ts';
import { interpret } from '../../native-models/passes/interpret.ts';
import { prune } from '../../native-models/passes/prune.ts';
import { verify } from '../../native-models/passes/verify.ts';
import type { NdArray } from '../../native-models/rules/nd-array.ts';
import { shapeRules } from '../../native-models/rules/shape.ts';

export const newGraph = (): Graph => new Graph(shapeRules);

export function randomArray(shape: Shape, rng: Rng, draw: (rng: Rng) => number = (r) => r.normal()): NdArray {
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(draw(rng))) };
}

export interface GradientCase {
  /** Shapes of the differentiable inputs. */
  readonly shapes: readonly Shape[];
  /** Draws one input element; the default is standard normal. */
  readonly draw?: (rng: Rng) => number;
  readonly build: (inputs: readonly Tensor[]) => Tensor;
  /** Layers that `build` calls, in training: their parameters are differentiable inputs as well. */
  readonly model?: Module;
}

/** A graph that a model is bound to, in training; its parameters in their order, and its random numbers once it is called. */
function modelGraph(model: Module) {
  let binding: ModelBinding | null = null;
  const graph = new Graph(shapeRules, (owner) => {
    binding = new ModelBinding(owner, model, { training: true });
    return binding;
  });
  const { parameters, noises } = binding! as ModelBinding;
  return { graph, parameters: [...parameters.values()].map((key) => graph.layers!.parameter(key)), noises };
}

/**
 * The function, its sum weighted by fixed random numbers, and the gradients of that sum. Outputs: `y`, `loss`, and `g0`, `g1`, …
 * for the first feeds; those after them have no gradient.
 */
export function gradientProgram({ shapes, build, draw, model }: GradientCase, seed: number) {
  const rng = rngFrom(seed, 'gradient case');
  const { graph, parameters, noises } = model ? modelGraph(model) : { graph: newGraph(), parameters: [], noises: [] };
  const inputs = [...shapes.map((shape, i) => graph.input(`x${i}`, 'float32', shape)), ...parameters];
  const y = build(inputs);
  const weights = graph.constant(randomArray(y.shape, rng).data, y.shape);
  const loss = y.mul(weights).sum(y.shape.map((_, axis) => axis));
  const outputs = new Map<string, Tensor>([
    ['y', y],
    ['loss', loss],
  ]);
  gradients(loss, inputs).forEach((g, i) => {
    outputs.set(`g${i}`, g);
  });
  const program = prune(outputs, inputs);
  verify(program);
  const feeds = new Map([
    ...inputs.map((input) => [nameOf(input), randomArray(input.shape, rng, draw)] as const),
    ...noises.map((noise) => [nameOf(noise), randomArray(noise.shape, rng, (r) => r.uniform())] as const),
  ]);
  return { program, feeds };
}

const nameOf = ({ source }: Tensor): string => (source.kind === 'input' ? source.name : '');

const STEP = 1e-6;

/**
 * Derivative of `loss` along a random direction of all inputs that have a gradient: by the gradients among the results for
 * these feeds, and by central differences.
 */
export function directionalDerivatives(
  program: Program,
  feeds: ReadonlyMap<string, NdArray>,
  seed: number,
  results: ReadonlyMap<string, NdArray> = interpret(program, feeds),
) {
  const rng = rngFrom(seed, 'direction');
  const loss = lossAlone(program, feeds);
  const directions = [...feeds].flatMap(([name, { shape }], i) => {
    const gradient = results.get(`g${i}`)?.data;
    return gradient ? [{ name, gradient, direction: randomArray(shape, rng).data }] : [];
  });
  const lossAt = (step: number) => {
    const moved = directions.map(({ name, direction }) => {
      const { shape, data } = feeds.get(name)!;
      return [name, { shape, data: data.map((value, i) => value + step * direction[i]!) }] as const;
    });
    return interpret(loss, new Map([...feeds, ...moved])).get('loss')!.data[0]!;
  };
  const exact = directions.reduce((sum, { gradient, direction }) => {
    return sum + direction.reduce((part, value, i) => part + value * gradient[i]!, 0);
  }, 0);
  return { exact, numeric: (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP) };
}

/** A program of the loss. What carries no gradient is held at its value for these feeds: to a derivative it is constant. */
function lossAlone(program: Program, feeds: ReadonlyMap<string, NdArray>): Program {
  const whole = prune(new Map([['loss', program.outputs.get('loss')!]]), program.inputs);
  const held = whole.ops.flatMap(({ prim, outputs }) => (prim === 'StopGradient' ? [outputs[0]!] : []));
  if (held.length === 0) return whole;
  const names = new Map(held.map((tensor, i) => [`held${i}`, tensor] as const));
  const values = interpret(prune(names, program.inputs), feeds);
  const graph = newGraph();
  const images = new Map(
    [...names].map(([name, { shape }]) => [names.get(name)!, constantOf(graph, shape, values.get(name)!)]),
  );
  for (const input of whole.inputs) images.set(input, graph.input(nameOf(input), input.dtype, input.shape));
  const imageOf = (tensor: Tensor): Tensor => {
    const { source, shape, dtype } = tensor;
    return source.kind === 'constant' ? graph.constant(source.data, shape, dtype) : images.get(tensor)!;
  };
  for (const op of whole.ops) {
    if (op.prim === 'StopGradient') continue;
    const outputs = graph.apply(op.prim, op.inputs.map(imageOf), op.attrs);
    op.outputs.forEach((output, i) => {
      images.set(output, outputs[i]!);
    });
  }
  return prune(new Map([['loss', imageOf(whole.outputs.get('loss')!)]]), graph.inputs);
}

const constantOf = (graph: Graph, shape: Shape, { data }: NdArray): Tensor => graph.constant(data, shape);

/** Largest difference relative to the largest expected magnitude. */
export function relativeError(actual: NdArray, expected: NdArray): number {
  const scale = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  return actual.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i]!)), 0) / scale;
}
