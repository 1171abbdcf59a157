/** Small programs with random feeds, for tests that compare one meaning of a primitive with another. */

import { Graph } from '../../native-models/core/graph.ts';
import type { Program } from '../../native-models/core/program.ts';
import { type Rng, rngFrom } from '../../native-models/core/rng.ts';
import { type Shape, sizeOf } from '../../native-models/core/shape.ts';
import type { Tensor } from '../../native-models/core/tensor.ts';
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
}

/** The function, its sum weighted by fixed random numbers, and the gradients of that sum. */
export function gradientProgram({ shapes, build, draw }: GradientCase, seed: number) {
  const rng = rngFrom(seed, 'gradient case');
  const graph = newGraph();
  const inputs = shapes.map((shape, i) => graph.input(`x${i}`, 'float32', shape));
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
  const feeds = new Map(shapes.map((shape, i) => [`x${i}`, randomArray(shape, rng, draw)] as const));
  return { program, feeds };
}

const STEP = 1e-6;

/** Derivative of `loss` along a random direction of all inputs: by the gradients, and by central differences. */
export function directionalDerivatives(program: Program, feeds: ReadonlyMap<string, NdArray>, seed: number) {
  const rng = rngFrom(seed, 'direction');
  const directions = new Map([...feeds].map(([name, { shape }]) => [name, randomArray(shape, rng)] as const));
  const moved = (step: number) =>
    new Map(
      [...feeds].map(([name, { shape, data }]) => {
        const direction = directions.get(name)!.data;
        return [name, { shape, data: data.map((value, i) => value + step * direction[i]!) }] as const;
      }),
    );
  const lossAt = (step: number) => interpret(program, moved(step)).get('loss')!.data[0]!;
  const results = interpret(program, feeds);
  const exact = [...directions].reduce((sum, [name, { data }]) => {
    const gradient = results.get(name.replace('x', 'g'))!.data;
    return sum + data.reduce((part, value, i) => part + value * gradient[i]!, 0);
  }, 0);
  return { exact, numeric: (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP) };
}

/** Largest difference relative to the largest expected magnitude. */
export function relativeError(actual: NdArray, expected: NdArray): number {
  const scale = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  return actual.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i]!)), 0) / scale;
}
