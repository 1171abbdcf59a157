/**
 * The meaning of every primitive, in plain loops over float64: slow, obvious, and what every lowering is compared with.
 * Integers and booleans (0 or 1) are held as float64 as well.
 */

import type { Prim, PrimAttrs, ReduceAttrs } from '../core/primitives.ts';
import { broadcastShapes, sizeOf } from '../core/shape.ts';
import { type EvaluateRule, elementwise, elementwiseRules } from './evaluate-elementwise.ts';
import { gatherGrad, gather as gatherRule, upsample } from './evaluate-gather.ts';
import { broadcastIndex, concat, gather, pad, slice, split, transpose } from './evaluate-movement.ts';
import { roiAlign, roiAlignGrad } from './evaluate-roi-align.ts';
import { standardize, standardizeGrad } from './evaluate-rows.ts';
import { nonMaxSuppression, topK } from './evaluate-selection.ts';
import {
  averagePool,
  averagePoolGrad,
  batchNormGrad,
  batchNormInference,
  batchNormTrain,
  channelMoments,
  conv,
  convInputGrad,
  convWeightGrad,
  maxPool,
  maxPoolGrad,
} from './evaluate-windows.ts';
import type { NdArray } from './nd-array.ts';

export type { EvaluateRule } from './evaluate-elementwise.ts';

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

const swapLast = (x: NdArray): NdArray => {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return transpose([x], { perm })[0]!;
};

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

export const evaluateRules: { readonly [P in Prim]: EvaluateRule<P> } = {
  ...elementwiseRules,
  ReduceSum: reduceSum,
  ReduceMean: reduceMean,
  Reshape: ([x], { shape }) => [{ shape, data: x!.data }],
  Transpose: transpose,
  Expand: ([x], { shape }) => [gather(x!, shape, broadcastIndex(x!.shape, shape))],
  Slice: slice,
  Pad: pad,
  Concat: concat,
  Split: split,
  Gather: gatherRule,
  TopK: topK,
  NonMaxSuppression: nonMaxSuppression,
  RoiAlign: roiAlign,
  Upsample: upsample,
  MatMul: matMul,
  Conv: conv,
  MaxPool: maxPool,
  AveragePool: averagePool,
  BatchNormTrain: batchNormTrain,
  BatchNormInference: batchNormInference,
  ChannelMoments: channelMoments,
  AcrossBatches: ([x]) => [x!],
  Standardize: standardize,
  Softmax: softmax,
  LogSoftmax: (inputs, attrs) => softmax(inputs, attrs).map(({ shape, data }) => ({ shape, data: data.map(Math.log) })),
  OneHot: oneHot,
  ReluGrad: elementwise((g, y) => (y! > 0 ? g! : 0)),
  SiluGrad: elementwise((g, y, factor) => g! * (factor! + y! - y! * factor!)),
  ClipGrad: (inputs, { min, max }) => elementwise((g, x) => (x! > min && x! < max ? g! : 0))(inputs),
  ConvInputGrad: convInputGrad,
  ConvWeightGrad: convWeightGrad,
  MaxPoolGrad: maxPoolGrad,
  AveragePoolGrad: averagePoolGrad,
  BatchNormGrad: batchNormGrad,
  ScaleAdd: elementwise((scale, x, y) => scale! * x! + y!),
  GatherGrad: gatherGrad,
  RoiAlignGrad: roiAlignGrad,
  StandardizeGrad: standardizeGrad,
};
