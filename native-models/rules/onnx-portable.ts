/**
 * The `portable` backend: the standard one without the few operators that WebGPU's provider lacks or gets wrong.
 * It has no LogSoftmax, its MaxPool fails when asked for indices, and its integers have 32 bits.
 */

import { assert } from '../core/assert.ts';
import type { PoolAttrs } from '../core/primitives.ts';
import { madeBy } from '../core/tensor.ts';
import type { Backend, Emitter, LoweringRule, Value } from './emitter.ts';
import { standardBackend } from './onnx-standard.ts';
import { ONNX_TYPES } from './onnx-types.ts';

const logSoftmax: LoweringRule<'LogSoftmax'> = (emit, { inputs: [input], attrs: { axis } }) => {
  const x = emit.name(input!);
  const along = (type: string, value: string) => emit.one(type, [value, emit.ints([axis])], { keepdims: 1 });
  const shifted = emit.one('Sub', [x, along('ReduceMax', x)]);
  const total = emit.one('Log', [along('ReduceSum', emit.one('Exp', [shifted]))]);
  return [emit.one('Sub', [shifted, total])];
};

/** The gradient asks the pooling operation itself for what it needs, so nobody reads the indices. */
const maxPool: LoweringRule<'MaxPool'> = (emit, { inputs: [x], outputs, attrs }) => {
  const { kernel: kernel_shape, strides, pads } = attrs;
  const y = emit.one('MaxPool', [emit.name(x!)], { kernel_shape, strides, pads });
  const unwritten: Value = {
    layout: 'plain',
    padding: 0,
    name: () => {
      throw new Error('bug: the portable backend has no indices of a pooling window');
    },
  };
  return [y, emit.isRead(outputs[1]!) ? unwritten : null];
};

/**
 * The elements of each window side by side, taken by a convolution with unit kernels; the first that equals the maximum
 * gets the window's share, which the transposed convolution puts back.
 */
const maxPoolGrad: LoweringRule<'MaxPoolGrad'> = (emit, { inputs: [g, indices], attrs: { inputShape } }) => {
  const pool = madeBy(indices!, 'MaxPool');
  assert(pool !== null, 'maxPoolGrad: its indices are not of a max pool');
  const [n, c, h, w] = inputShape as [number, number, number, number];
  const [, , ho, wo] = g!.shape as [number, number, number, number];
  const [kh, kw] = pool.attrs.kernel;
  const taps = kh * kw;
  const planes = (name: string, height: number, width: number) =>
    emit.one('Reshape', [name, emit.ints([n * c, 1, height, width])]);
  const unit = emit.constant(identity(taps), [taps, 1, kh, kw], 'float32');

  const { strides, pads } = pool.attrs;
  const windows = emit.one('Conv', [planes(emit.name(pool.inputs[0]!), h, w), unit], { strides, pads });
  const isMaximum = emit.one('Equal', [windows, planes(emit.name(pool.outputs[0]!), ho, wo)]);
  const inside = emit.constant(insideInput(pool.attrs, [h, w], [ho, wo]), [1, taps, ho, wo], 'float32');
  const maxima = emit.one('Mul', [emit.one('Cast', [isMaximum], { to: ONNX_TYPES.float32 }), inside]);
  const before = emit.one('CumSum', [maxima, emit.constant([1], [], 'int32')], { exclusive: 1 });
  const isFirst = emit.one('Less', [before, emit.constant([0.5], [], 'float32')]);
  const first = emit.one('Mul', [maxima, emit.one('Cast', [isFirst], { to: ONNX_TYPES.float32 })]);
  const shares = emit.one('Mul', [first, planes(emit.name(g!), ho, wo)]);
  return [emit.one('Reshape', [putBack(emit, shares, unit, pool.attrs, [h, w], [ho, wo]), emit.ints(inputShape)])];
};

const identity = (side: number): number[] =>
  Array.from({ length: side * side }, (_, at) => (Math.floor(at / side) === at % side ? 1 : 0));

type Sides = readonly [number, number];

/** Shapes: -> [taps,Ho,Wo], 1 where a window's element lies inside the map: padding never wins. */
function insideInput({ kernel, strides, pads }: PoolAttrs, sides: Sides, outputs: Sides): number[] {
  const at = (axis: 0 | 1, output: number, tap: number) => {
    const place = output * strides[axis] - pads[axis] + tap;
    return place >= 0 && place < sides[axis];
  };
  const [kh, kw] = kernel;
  const [ho, wo] = outputs;
  return Array.from({ length: kh * kw * ho * wo }, (_, i) => {
    const [tap, output] = [Math.floor(i / (ho * wo)), i % (ho * wo)];
    const isRow = at(0, Math.floor(output / wo), Math.floor(tap / kw));
    return isRow && at(1, output % wo, tap % kw) ? 1 : 0;
  });
}

/** Shapes: shares [NC,taps,Ho,Wo] -> [NC,1,H,W]. */
function putBack(
  emit: Emitter,
  shares: string,
  unit: string,
  { kernel, strides, pads }: PoolAttrs,
  sides: Sides,
  outputs: Sides,
): string {
  const full = emit.one('ConvTranspose', [shares, unit], { strides });
  const covered = ([0, 1] as const).map((axis) => (outputs[axis] - 1) * strides[axis] + kernel[axis]);
  const missing = ([0, 1] as const).map((axis) => Math.max(0, pads[axis] + sides[axis] - covered[axis]!));
  const padded = missing.some((rows) => rows > 0)
    ? emit.one('Pad', [full, emit.ints([0, 0, 0, 0, 0, 0, ...missing])])
    : full;
  const ends = ([0, 1] as const).map((axis) => pads[axis] + sides[axis]);
  return emit.one('Slice', [padded, emit.ints(pads.slice(0, 2)), emit.ints(ends), emit.ints([2, 3])]);
}

export const portableBackend: Backend = {
  ...standardBackend,
  name: 'portable',
  rules: { ...standardBackend.rules, LogSoftmax: logSoftmax, MaxPool: maxPool, MaxPoolGrad: maxPoolGrad },
};
