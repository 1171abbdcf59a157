/**
 * The meaning of every primitive, in plain loops over float64: slow, obvious, and what every lowering is compared with.
 * Integers and booleans (0 or 1) are held as float64 as well.
 */

import type { Prim, PrimAttrs, ReduceAttrs } from '../core/primitives.ts';
import { broadcastShapes, type Shape, sizeOf, stridesOf } from '../core/shape.ts';
import { errorFunction } from './error-function.ts';
import { standardize, standardizeGrad } from './evaluate-rows.ts';
import {
  averagePool,
  averagePoolGrad,
  batchNormGrad,
  batchNormInference,
  batchNormTrain,
  conv,
  convInputGrad,
  convWeightGrad,
  maxPool,
  maxPoolGrad,
} from './evaluate-windows.ts';
import type { NdArray } from './nd-array.ts';

export type EvaluateRule<P extends Prim> = (inputs: readonly NdArray[], attrs: PrimAttrs[P]) => readonly NdArray[];

const unary =
  (f: (x: number) => number) =>
  ([x]: readonly NdArray[]): NdArray[] => [{ shape: x!.shape, data: x!.data.map(f) }];

/** Flat index into an operand of shape `own` for each element of a broadcast result. */
function broadcastIndex(own: Shape, result: Shape): Int32Array {
  const strides = stridesOf(own);
  const steps = result.map((_, axis) => {
    const at = axis - result.length + own.length;
    return at < 0 || own[at] === 1 ? 0 : strides[at]!;
  });
  return walk(result, steps, 0);
}

/** Flat offsets visited when each axis of `shape` advances by its step. */
function walk(shape: Shape, steps: readonly number[], start: number): Int32Array {
  const offsets = new Int32Array(sizeOf(shape));
  const counter = new Array<number>(shape.length).fill(0);
  let offset = start;
  for (let i = 0; i < offsets.length; i++) {
    offsets[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += steps[axis]!;
      counter[axis]!++;
      if (counter[axis]! < shape[axis]!) break;
      offset -= steps[axis]! * shape[axis]!;
      counter[axis] = 0;
    }
  }
  return offsets;
}

const elementwise =
  (f: (...values: number[]) => number) =>
  (inputs: readonly NdArray[]): NdArray[] => {
    const shape = inputs.map((x) => x.shape).reduce((a, b) => broadcastShapes(a, b, 'evaluate'));
    const indices = inputs.map((x) => broadcastIndex(x.shape, shape));
    const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
      f(...inputs.map((x, operand) => x.data[indices[operand]![i]!]!)),
    );
    return [{ shape, data }];
  };

const gather = (x: NdArray, shape: Shape, offsets: Int32Array): NdArray => ({
  shape,
  data: Float64Array.from(offsets, (offset) => x.data[offset]!),
});

function reduceSum([x]: readonly NdArray[], { axes, keepDims }: ReduceAttrs): NdArray[] {
  const kept = x!.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
  const sums = new Float64Array(sizeOf(kept));
  broadcastIndex(kept, x!.shape).forEach((target, i) => {
    sums[target]! += x!.data[i]!;
  });
  return [{ shape: keepDims ? kept : x!.shape.filter((_, axis) => !axes.includes(axis)), data: sums }];
}

function reduceMean(inputs: readonly NdArray[], attrs: ReduceAttrs): NdArray[] {
  const [total] = reduceSum(inputs, attrs);
  const count = attrs.axes.reduce((product, axis) => product * inputs[0]!.shape[axis]!, 1);
  return [{ shape: total!.shape, data: total!.data.map((sum) => sum / count) }];
}

function pad([x]: readonly NdArray[], { before, after }: PrimAttrs['Pad']): NdArray[] {
  const shape = x!.shape.map((side, axis) => side + before[axis]! + after[axis]!);
  const strides = stridesOf(shape);
  const start = before.reduce((sum, count, axis) => sum + count * strides[axis]!, 0);
  const data = new Float64Array(sizeOf(shape));
  walk(x!.shape, strides, start).forEach((target, i) => {
    data[target] = x!.data[i]!;
  });
  return [{ shape, data }];
}

function slice([x]: readonly NdArray[], { starts, ends, steps }: PrimAttrs['Slice']): NdArray[] {
  const strides = stridesOf(x!.shape);
  const shape = x!.shape.map((side, axis) => {
    const end = steps[axis]! > 0 ? Math.min(ends[axis]!, side) : Math.max(ends[axis]!, -1);
    return Math.ceil((end - starts[axis]!) / steps[axis]!);
  });
  const start = starts.reduce((sum, first, axis) => sum + first * strides[axis]!, 0);
  const jumps = strides.map((stride, axis) => stride * steps[axis]!);
  return [gather(x!, shape, walk(shape, jumps, start))];
}

function concat(inputs: readonly NdArray[], { axis }: PrimAttrs['Concat']): NdArray[] {
  const total = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
  const shape = inputs[0]!.shape.with(axis, total);
  const strides = stridesOf(shape);
  const data = new Float64Array(sizeOf(shape));
  let offset = 0;
  for (const x of inputs) {
    walk(x.shape, strides, offset * strides[axis]!).forEach((target, i) => {
      data[target] = x.data[i]!;
    });
    offset += x.shape[axis]!;
  }
  return [{ shape, data }];
}

function transpose([x]: readonly NdArray[], { perm }: PrimAttrs['Transpose']): NdArray[] {
  const strides = stridesOf(x!.shape);
  const shape = perm.map((axis) => x!.shape[axis]!);
  const steps = perm.map((axis) => strides[axis]!);
  return [gather(x!, shape, walk(shape, steps, 0))];
}

const swapLast = (x: NdArray): NdArray => {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return transpose([x], { perm })[0]!;
};

function split([x]: readonly NdArray[], { axis, sizes }: PrimAttrs['Split']): NdArray[] {
  const steps = x!.shape.map(() => 1);
  let offset = 0;
  return sizes.map((size) => {
    const starts = x!.shape.map(() => 0).with(axis, offset);
    offset += size;
    return slice([x!], { starts, ends: x!.shape.with(axis, offset), steps })[0]!;
  });
}

function matMul([p, q, bias]: readonly NdArray[], { transposeA, transposeB }: PrimAttrs['MatMul']): NdArray[] {
  const a = transposeA ? swapLast(p!) : p!;
  const b = transposeB ? swapLast(q!) : q!;
  const [m, inner] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), 'matmul');
  const aAt = broadcastIndex(a.shape.slice(0, -2), batch);
  const bAt = broadcastIndex(b.shape.slice(0, -2), batch);
  const data = new Float64Array(sizeOf(batch) * m * n);
  for (let i = 0; i < aAt.length; i++)
    for (let row = 0; row < m; row++)
      for (let column = 0; column < n; column++) {
        let sum = bias?.data[column] ?? 0;
        for (let k = 0; k < inner; k++)
          sum += a.data[(aAt[i]! * m + row) * inner + k]! * b.data[(bAt[i]! * inner + k) * n + column]!;
        data[(i * m + row) * n + column] = sum;
      }
  return [{ shape: [...batch, m, n], data }];
}

function softmax([x]: readonly NdArray[], { axis }: { readonly axis: number }): NdArray[] {
  const peaks = {
    shape: x!.shape.with(axis, 1),
    data: new Float64Array(sizeOf(x!.shape.with(axis, 1))).fill(-Infinity),
  };
  const groups = broadcastIndex(peaks.shape, x!.shape);
  groups.forEach((group, i) => {
    peaks.data[group] = Math.max(peaks.data[group]!, x!.data[i]!);
  });
  const powers = { shape: x!.shape, data: x!.data.map((value, i) => Math.exp(value - peaks.data[groups[i]!]!)) };
  const [totals] = reduceSum([powers], { axes: [axis], keepDims: true });
  return [{ shape: x!.shape, data: powers.data.map((power, i) => power / totals!.data[groups[i]!]!) }];
}

function oneHot([x]: readonly NdArray[], { depth }: PrimAttrs['OneHot']): NdArray[] {
  const data = new Float64Array(x!.data.length * depth);
  x!.data.forEach((index, i) => {
    if (index >= 0 && index < depth) data[i * depth + index] = 1;
  });
  return [{ shape: [...x!.shape, depth], data }];
}

function cast([x]: readonly NdArray[], { to }: PrimAttrs['Cast']): NdArray[] {
  const convert = to === 'float32' ? (v: number) => v : to === 'bool' ? (v: number) => Number(v !== 0) : Math.trunc;
  return unary(convert)([x!]);
}

export const evaluateRules: { readonly [P in Prim]: EvaluateRule<P> } = {
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Relu: unary((x) => Math.max(x, 0)),
  Gelu: ([x]) => {
    const cumulative = x!.data.map((value) => (1 + errorFunction(value / Math.SQRT2)) / 2);
    return [x!.data.map((value, i) => value * cumulative[i]!), cumulative].map((data) => ({ shape: x!.shape, data }));
  },
  Clip: (inputs, { min, max }) => unary((x) => Math.min(Math.max(x, min), max))(inputs),
  Cast: cast,
  Add: elementwise((a, b) => a! + b!),
  Sub: elementwise((a, b) => a! - b!),
  Mul: elementwise((a, b) => a! * b!),
  Div: elementwise((a, b) => a! / b!),
  Greater: elementwise((a, b) => Number(a! > b!)),
  Equal: elementwise((a, b) => Number(a === b)),
  Where: elementwise((condition, yes, no) => (condition === 0 ? no! : yes!)),
  ReduceSum: reduceSum,
  ReduceMean: reduceMean,
  Reshape: ([x], { shape }) => [{ shape, data: x!.data }],
  Transpose: transpose,
  Expand: ([x], { shape }) => [gather(x!, shape, broadcastIndex(x!.shape, shape))],
  Slice: slice,
  Pad: pad,
  Concat: concat,
  Split: split,
  MatMul: matMul,
  Conv: conv,
  MaxPool: maxPool,
  AveragePool: averagePool,
  BatchNormTrain: batchNormTrain,
  BatchNormInference: batchNormInference,
  Standardize: standardize,
  Softmax: softmax,
  LogSoftmax: (inputs, attrs) => softmax(inputs, attrs).map(({ shape, data }) => ({ shape, data: data.map(Math.log) })),
  OneHot: oneHot,
  ReluGrad: elementwise((g, y) => (y! > 0 ? g! : 0)),
  ClipGrad: (inputs, { min, max }) => elementwise((g, x) => (x! > min && x! < max ? g! : 0))(inputs),
  ConvInputGrad: convInputGrad,
  ConvWeightGrad: convWeightGrad,
  MaxPoolGrad: maxPoolGrad,
  AveragePoolGrad: averagePoolGrad,
  BatchNormGrad: batchNormGrad,
  ScaleAdd: elementwise((scale, x, y) => scale! * x! + y!),
  StandardizeGrad: standardizeGrad,
};
