/**
 * The `standard` backend: plain ONNX operators at opset 18, which the CPU, CUDA and WebGPU providers all have.
 * Batch norm in training is written out, since the CUDA provider has no such kernel and the CPU kernel overwrites its
 * input statistics. Reductions over batch and map go in two steps: only contiguous axes have a fast path.
 */

import type { PrimAttrs } from '../core/primitives.ts';
import type { Backend, Emitter, LoweringRule } from './emitter.ts';
import { lowerBatchNormGrad, lowerBatchNormTrain, lowerChannelMoments } from './onnx-standard-batch-norm.ts';
import { lowerConv, lowerConvInputGrad, lowerConvWeightGrad } from './onnx-standard-conv.ts';
import {
  elementwiseLowerings,
  lowerClipGrad,
  lowerSiluGrad,
  masked,
  operandNames,
  scalar,
} from './onnx-standard-elementwise.ts';
import { lowerGatherGrad, lowerUpsample } from './onnx-standard-gather.ts';
import { lowerRoiAlign, lowerRoiAlignGrad } from './onnx-standard-roi-align.ts';
import { lowerStandardize, lowerStandardizeGrad } from './onnx-standard-rows.ts';
import { lowerNonMaxSuppression, lowerTopK } from './onnx-standard-selection.ts';
import { ONNX_TYPES } from './onnx-types.ts';

/** Sums (or averages) over axes, map axes before the batch axis. */
export function reduce(
  emit: Emitter,
  type: 'ReduceSum' | 'ReduceMean',
  x: string,
  axes: readonly number[],
  keep: 0 | 1,
) {
  const step = (value: string, some: readonly number[], keepdims: 0 | 1) =>
    emit.one(type, [value, emit.ints(some)], { keepdims });
  if (axes[0] !== 0 || axes[1] !== 2) return step(x, axes, keep);
  return step(step(x, axes.slice(1), keep), [0], keep);
}

const reduction: LoweringRule<'ReduceSum' | 'ReduceMean'> = (emit, { prim, inputs: [x], attrs }) => [
  attrs.axes.length === 0
    ? emit.one('Identity', [emit.name(x!)])
    : reduce(emit, prim, emit.name(x!), attrs.axes, attrs.keepDims ? 1 : 0),
];

/** The leading side is left to the runtime in a graph that takes any batch size: images are the outermost axis. */
const reshape: LoweringRule<'Reshape'> = (emit, { inputs: [x], attrs: { shape } }) => {
  const target = emit.anyBatch && shape.length > 0 ? [-1, ...shape.slice(1)] : shape;
  return [emit.one('Reshape', [emit.name(x!), emit.ints(target)])];
};

const slice: LoweringRule<'Slice'> = (emit, { inputs: [x], attrs: { starts, ends, steps } }) => {
  const touched = x!.shape.flatMap((side, axis) => {
    const isWhole = starts[axis] === 0 && ends[axis]! >= side && steps[axis] === 1;
    return isWhole ? [] : [axis];
  });
  if (touched.length === 0) return [emit.one('Identity', [emit.name(x!)])];
  const pick = (values: readonly number[]) => emit.ints(touched.map((axis) => values[axis]!));
  // ONNX counts a negative end from the back; "before the first element" is a very small number there.
  const onnxEnds = ends.map((end) => (end < 0 ? -(2 ** 31) : end));
  return [emit.one('Slice', [emit.name(x!), pick(starts), pick(onnxEnds), emit.ints(touched), pick(steps)])];
};

const matMul: LoweringRule<'MatMul'> = (emit, { inputs, attrs: { transposeA, transposeB } }) => {
  const [a, b] = inputs;
  const [p, q, ...bias] = inputs.map(emit.name) as [string, string, ...string[]];
  if (a!.shape.length === 2 && b!.shape.length === 2) {
    return [emit.one('Gemm', [p, q, ...bias], { transA: Number(transposeA), transB: Number(transposeB) })];
  }
  const swapped = (name: string, rank: number) => {
    const axes = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
    return emit.one('Transpose', [name], { perm: axes });
  };
  const left = transposeA ? swapped(p, a!.shape.length) : p;
  const right = transposeB ? swapped(q, b!.shape.length) : q;
  return [emit.one('MatMul', [left, right])];
};

const poolAttributes = ({ kernel, strides, pads }: PrimAttrs['MaxPool']) => ({
  kernel_shape: kernel,
  strides,
  pads,
});

const maxPool: LoweringRule<'MaxPool'> = (emit, op) => {
  const [x] = op.inputs;
  if (!emit.isRead(op.outputs[1]!)) return [emit.one('MaxPool', [emit.name(x!)], poolAttributes(op.attrs)), null];
  return emit.node('MaxPool', [emit.name(x!)], poolAttributes(op.attrs), 2);
};

/** Indices count over the whole flat input; windows overlap, so values are added up. */
const maxPoolGrad: LoweringRule<'MaxPoolGrad'> = (emit, { inputs: [g, indices], attrs: { inputShape } }) => {
  const flat = (name: string) => emit.one('Reshape', [name, emit.ints([-1])]);
  const size = inputShape.reduce((product, side) => product * side, 1);
  const zeros = emit.one('Expand', [emit.constant([0], [1], 'float32'), emit.ints([size])]);
  const updates = [zeros, flat(emit.name(indices!)), flat(emit.name(g!))];
  const spread = emit.one('ScatterElements', updates, { axis: 0, reduction: 'add' });
  return [emit.one('Reshape', [spread, emit.ints(inputShape)])];
};

const averagePool: LoweringRule<'AveragePool'> = (emit, { inputs: [x], attrs }) => [
  emit.one('AveragePool', [emit.name(x!)], { ...poolAttributes(attrs), count_include_pad: Number(attrs.countPads) }),
];

/** Each window hands its share to every place under it: a depthwise transposed convolution with ones. */
const averagePoolGrad: LoweringRule<'AveragePoolGrad'> = (emit, { inputs: [g], attrs }) => {
  const [n, c, h, w] = attrs.inputShape as [number, number, number, number];
  const [kh, kw] = attrs.kernel;
  const [, , ho, wo] = g!.shape as [number, number, number, number];
  const [top, left] = attrs.pads;
  const share = emit.one('Mul', [emit.name(g!), windowWeights(emit, attrs, [h, w], [ho, wo])]);
  // Planes as a batch of one-channel maps: a grouped transposed convolution would run group by group.
  const planes = emit.one('Reshape', [share, emit.ints([n * c, 1, ho, wo])]);
  const ones = emit.constant(new Float64Array(kh * kw).fill(1), [1, 1, kh, kw], 'float32');
  const full = emit.one('ConvTranspose', [planes, ones], { strides: attrs.strides, kernel_shape: attrs.kernel });
  const [fullH, fullW] = [(ho - 1) * attrs.strides[0] + kh, (wo - 1) * attrs.strides[1] + kw];
  const padH = Math.max(0, top + h - fullH);
  const padW = Math.max(0, left + w - fullW);
  const padded = emit.one('Pad', [full, emit.ints([0, 0, 0, 0, 0, 0, padH, padW])]);
  const cut = [emit.ints([top, left]), emit.ints([top + h, left + w]), emit.ints([2, 3])];
  return [emit.one('Reshape', [emit.one('Slice', [padded, ...cut]), emit.ints(attrs.inputShape)])];
};

/** Shapes: -> [1,1,Ho,Wo], one over the number of elements each window averages. */
function windowWeights(
  emit: Emitter,
  { kernel, strides, pads, countPads }: PrimAttrs['AveragePool'],
  sides: readonly [number, number],
  outputs: readonly [number, number],
): string {
  const inside = (axis: 0 | 1, at: number) => {
    const start = at * strides[axis] - pads[axis];
    return Math.min(start + kernel[axis], sides[axis]) - Math.max(start, 0);
  };
  const counts = Array.from({ length: outputs[0] }, (_, row) =>
    Array.from({ length: outputs[1] }, (_, column) =>
      countPads ? kernel[0] * kernel[1] : inside(0, row) * inside(1, column),
    ),
  ).flat();
  return emit.constant(
    counts.map((count) => 1 / count),
    [1, 1, ...outputs],
    'float32',
  );
}

const oneHot: LoweringRule<'OneHot'> = (emit, { inputs: [x], attrs: { depth } }) => {
  const classes = emit.constant(
    Array.from({ length: depth }, (_, k) => k),
    [depth],
    'int32',
  );
  const column = emit.one('Unsqueeze', [emit.name(x!), emit.ints([-1])]);
  return [emit.one('Cast', [emit.one('Equal', [column, classes])], { to: ONNX_TYPES.float32 })];
};

/** No operator of the standard set does both in one pass; a scale of one needs none for the product. */
const scaleAdd: LoweringRule<'ScaleAdd'> = (emit, { inputs: [scale, x, y] }) => {
  const isOne = scale!.source.kind === 'constant' && scale!.source.data[0] === 1;
  const product = isOne ? emit.name(x!) : emit.one('Mul', operandNames(emit, [x!, scale!]));
  return [emit.one('Add', [product, emit.name(y!)])];
};

export const standardBackend: Backend = {
  name: 'standard',
  opset: 18,
  layouts: null,
  rules: {
    ...elementwiseLowerings,
    ReduceSum: reduction,
    ReduceMean: reduction,
    Reshape: reshape,
    Transpose: (emit, { inputs: [x], attrs: { perm } }) => [emit.one('Transpose', [emit.name(x!)], { perm })],
    Expand: (emit, { inputs: [x], attrs: { shape } }) => [emit.one('Expand', [emit.name(x!), emit.ints(shape)])],
    Slice: slice,
    Pad: (emit, { inputs: [x], attrs: { before, after } }) => [
      emit.one('Pad', [emit.name(x!), emit.ints([...before, ...after])]),
    ],
    Concat: (emit, { inputs, attrs: { axis } }) => [emit.one('Concat', inputs.map(emit.name), { axis })],
    Gather: (emit, { inputs: [x, indices], attrs: { axis } }) => [
      emit.one('Gather', [emit.name(x!), emit.name(indices!)], { axis }),
    ],
    TopK: lowerTopK,
    NonMaxSuppression: lowerNonMaxSuppression,
    RoiAlign: lowerRoiAlign,
    Upsample: lowerUpsample,
    Split: (emit, { inputs: [x], attrs: { axis, sizes } }) =>
      emit.node('Split', [emit.name(x!), emit.ints(sizes)], { axis }, sizes.length),
    MatMul: matMul,
    Conv: lowerConv,
    MaxPool: maxPool,
    AveragePool: averagePool,
    BatchNormTrain: lowerBatchNormTrain,
    BatchNormInference: (emit, { inputs, attrs: { epsilon } }) => [
      emit.one('BatchNormalization', inputs.map(emit.name), { epsilon: { float: epsilon } }),
    ],
    ChannelMoments: lowerChannelMoments,
    AcrossBatches: (emit, { inputs: [x] }) => [emit.one('Identity', [emit.name(x!)])],
    Standardize: lowerStandardize,
    Softmax: (emit, { inputs: [x], attrs: { axis } }) => [emit.one('Softmax', [emit.name(x!)], { axis })],
    LogSoftmax: (emit, { inputs: [x], attrs: { axis } }) => [emit.one('LogSoftmax', [emit.name(x!)], { axis })],
    OneHot: oneHot,
    ReluGrad: (emit, { inputs: [g, y] }) => [
      masked(emit, emit.name(g!), emit.one('Greater', [emit.name(y!), scalar(emit, 0)])),
    ],
    ClipGrad: lowerClipGrad,
    SiluGrad: lowerSiluGrad,
    ConvInputGrad: lowerConvInputGrad,
    ConvWeightGrad: lowerConvWeightGrad,
    MaxPoolGrad: maxPoolGrad,
    AveragePoolGrad: averagePoolGrad,
    BatchNormGrad: lowerBatchNormGrad,
    ScaleAdd: scaleAdd,
    GatherGrad: lowerGatherGrad,
    RoiAlignGrad: lowerRoiAlignGrad,
    StandardizeGrad: lowerStandardizeGrad,
  },
};
