/** Reference evaluation of elementwise primitives. Float64; comparisons with a NaN are false. */

import type { ElementwisePrim, Prim, PrimAttrs } from '../core/primitives.ts';
import { broadcastShapes, sizeOf } from '../core/shape.ts';
import { errorFunction } from './error-function.ts';
import { broadcastIndex } from './evaluate-movement.ts';
import type { NdArray } from './nd-array.ts';

export type EvaluateRule<P extends Prim> = (inputs: readonly NdArray[], attrs: PrimAttrs[P]) => readonly NdArray[];

const unary =
  (f: (x: number) => number) =>
  ([x]: readonly NdArray[]): NdArray[] => [{ shape: x!.shape, data: x!.data.map(f) }];

/** Outputs: x * factor(x), factor(x). */
const timesFactor =
  (factor: (x: number) => number) =>
  ([x]: readonly NdArray[]): NdArray[] => {
    const factors = x!.data.map(factor);
    return [x!.data.map((value, i) => value * factors[i]!), factors].map((data) => ({ shape: x!.shape, data }));
  };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const elementwise =
  (f: (...values: number[]) => number) =>
  (inputs: readonly NdArray[]): NdArray[] => {
    const shape = inputs.map((x) => x.shape).reduce((a, b) => broadcastShapes(a, b, 'evaluate'));
    const indices = inputs.map((x) => broadcastIndex(x.shape, shape));
    const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
      f(...inputs.map((x, operand) => x.data[indices[operand]![i]!]!)),
    );
    return [{ shape, data }];
  };

function cast([x]: readonly NdArray[], { to }: PrimAttrs['Cast']): NdArray[] {
  const convert = to === 'float32' ? (v: number) => v : to === 'bool' ? (v: number) => Number(v !== 0) : Math.trunc;
  return unary(convert)([x!]);
}

export const elementwiseRules: { readonly [P in ElementwisePrim]: EvaluateRule<P> } = {
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Relu: unary((x) => Math.max(x, 0)),
  Gelu: ([x]) => [...timesFactor((v) => (1 + errorFunction(v / Math.SQRT2)) / 2)([x!]), x!],
  Silu: timesFactor(sigmoid),
  Sigmoid: unary(sigmoid),
  HardSigmoid: (inputs, { alpha, beta }) => unary((x) => Math.min(Math.max(alpha * x + beta, 0), 1))(inputs),
  Tanh: unary(Math.tanh),
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Erf: unary(errorFunction),
  Atan: unary(Math.atan),
  Abs: unary(Math.abs),
  Floor: unary(Math.floor),
  Pow: (inputs, { exponent }) => unary((x) => x ** exponent)(inputs),
  StopGradient: ([x]) => [x!],
  Clip: (inputs, { min, max }) => unary((x) => Math.min(Math.max(x, min), max))(inputs),
  Cast: cast,
  Add: elementwise((a, b) => a! + b!),
  Sub: elementwise((a, b) => a! - b!),
  Mul: elementwise((a, b) => a! * b!),
  Div: elementwise((a, b) => a! / b!),
  Max: elementwise((a, b) => Math.max(a!, b!)),
  Min: elementwise((a, b) => Math.min(a!, b!)),
  Greater: elementwise((a, b) => Number(a! > b!)),
  Equal: elementwise((a, b) => Number(a === b)),
  Where: elementwise((condition, yes, no) => (condition === 0 ? no! : yes!)),
};
