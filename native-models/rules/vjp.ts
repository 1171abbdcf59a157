/**
 * Reverse-mode derivatives: one rule per primitive. A rule takes the cotangent `g` of the operation's first output and
 * returns one cotangent per input, null where there is none. Later outputs (statistics, indices) carry no gradient,
 * but for those of `Split` and `ChannelMoments`, whose rules read the cotangents of all outputs.
 * Shapes: `g` has the shape of the first output; each result has the shape of the input it belongs to.
 */

import { assert } from '../core/assert.ts';
import type { Prim } from '../core/primitives.ts';
import { sameShape, sizeOf } from '../core/shape.ts';
import { madeBy, type Op, type Tensor } from '../core/tensor.ts';
import { input, none, onlyOnce, output, sumTo, type VjpRule } from './cotangents.ts';
import { elementwiseVjpRules } from './vjp-elementwise.ts';

/** The reduced tensor with its axes back, at length 1. */
function restored(g: Tensor, op: Op<'ReduceSum' | 'ReduceMean'>): Tensor {
  const { shape } = input(op, 0);
  return g.reshape(shape.map((side, axis) => (op.attrs.axes.includes(axis) ? 1 : side)));
}

function reducedCount(op: Op<'ReduceSum' | 'ReduceMean'>): number {
  return op.attrs.axes.reduce((product, axis) => product * input(op, 0).shape[axis]!, 1);
}

function inversePermutation(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis));
}

/** Spreads a slice's cotangent back: zeros between the taken rows, then zeros around. */
function sliceVjp(g: Tensor, { inputs: [x], attrs }: Op<'Slice'>): [Tensor] {
  const { starts, steps } = attrs;
  const upward = flip(
    g,
    steps.map((step) => step < 0),
  );
  const spread = insertZeros(
    upward,
    steps.map((step) => Math.abs(step)),
  );
  const before = starts.map((start, axis) => (steps[axis]! > 0 ? start : start - (spread.shape[axis]! - 1)));
  const after = x!.shape.map((side, axis) => side - before[axis]! - spread.shape[axis]!);
  return [spread.pad(before, after)];
}

function flip(x: Tensor, isFlipped: readonly boolean[]): Tensor {
  if (!isFlipped.includes(true)) return x;
  return x.slice(
    x.shape.map((side, axis) => (isFlipped[axis] ? side - 1 : 0)),
    x.shape.map((side, axis) => (isFlipped[axis] ? -1 : side)),
    isFlipped.map((flipped) => (flipped ? -1 : 1)),
  );
}

/** Puts `step - 1` zeros between neighbours along each axis. */
export function insertZeros(x: Tensor, steps: readonly number[]): Tensor {
  if (steps.every((step) => step === 1)) return x;
  const split = x.reshape(x.shape.flatMap((side) => [side, 1]));
  const none = x.shape.flatMap(() => [0, 0]);
  const filled = split.pad(
    none,
    steps.flatMap((step) => [0, step - 1]),
  );
  const whole = filled.reshape(x.shape.map((side, axis) => side * steps[axis]!));
  return whole.slice(
    x.shape.map(() => 0),
    x.shape.map((side, axis) => (side - 1) * steps[axis]! + 1),
  );
}

function concatVjp(g: Tensor, op: Op<'Concat'>): Tensor[] {
  const { axis } = op.attrs;
  let offset = 0;
  return op.inputs.map((part) => {
    const starts = g.shape.map(() => 0).with(axis, offset);
    offset += part.shape[axis]!;
    return g.slice(starts, g.shape.with(axis, offset));
  });
}

/** With A' = op(A), B' = op(B): dA' = g B'^T, dB' = A'^T g; a transposed operand gets the transposed product. */
function matMulVjp(g: Tensor, { inputs, attrs }: Op<'MatMul'>): Tensor[] {
  const [a, b, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
  const { transposeA: ta, transposeB: tb } = attrs;
  const da = ta ? b.matmul(g, { transposeA: tb, transposeB: true }) : g.matmul(b, { transposeB: !tb });
  const db = tb ? g.matmul(a, { transposeA: true, transposeB: ta }) : a.matmul(g, { transposeA: !ta });
  const products = [sumTo(da, a.shape), sumTo(db, b.shape)];
  return bias === undefined ? products : [...products, g.sum([0])];
}

function convVjp(g: Tensor, { inputs, attrs }: Op<'Conv'>): Tensor[] {
  const [x, weight, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
  const { graph } = g;
  const [dx] = graph.apply('ConvInputGrad', [g, weight], { ...attrs, inputShape: x.shape });
  const [dw] = graph.apply('ConvWeightGrad', [x, g], { ...attrs, weightShape: weight.shape });
  return bias === undefined ? [dx!, dw!] : [dx!, dw!, g.sum([0, 2, 3])];
}

/** With stored statistics the layer is affine: y = scale * (x - mean) / sqrt(variance + epsilon) + bias. */
function batchNormInferenceVjp(g: Tensor, { inputs, attrs }: Op<'BatchNormInference'>): Tensor[] {
  const [x, scale, , mean, variance] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const deviation = variance.add(attrs.epsilon).sqrt();
  const slope = scale.div(deviation);
  // The sums over g, and over g times what it was multiplied by, are those of batch norm in training.
  const [, along, total] = g.graph.apply('BatchNormGrad', [g, x, scale, mean, variance], attrs);
  const dMean = total!.mul(slope).neg();
  const dVariance = along!.mul(slope).div(deviation).mul(-0.5);
  return [g.mul(perChannel(slope)), along!, total!, dMean, dVariance];
}

/**
 * sum(g * y) along the last axis where y has mixed values, o = y v, and all of its cotangent comes from there, g = do v^T: then
 * that is sum(do * o), which has as many columns as values have and not as many as there are values. Null anywhere else.
 * Source: Dao et al. 2022, https://arxiv.org/abs/2205.14135, appendix B.2, equation 4.
 */
function mixedAlong(g: Tensor, y: Tensor, axis: number): Tensor | null {
  const product = madeBy(g, 'MatMul');
  if (axis !== y.shape.length - 1 || product === null || !product.attrs.transposeB) return null;
  const [slope, values] = product.inputs as [Tensor, Tensor];
  const mixing = y.graph.ops.find(({ prim, inputs }) => prim === 'MatMul' && inputs[0] === y && inputs[1] === values);
  const mixed = mixing?.outputs[0];
  if (mixed === undefined || product.attrs.transposeA || !sameShape(mixed.shape, slope.shape)) return null;
  const { transposeA, transposeB } = (mixing as Op<'MatMul'>).attrs;
  return transposeA || transposeB ? null : slope.mul(mixed).sum([axis], true);
}

const perChannel = (vector: Tensor): Tensor => vector.reshape([1, vector.shape[0]!, 1, 1]);

/** Of the mean, every element has the same share; of the variance, its distance from the mean. */
function channelMomentsVjp(dMean: Tensor, dVariance: Tensor, op: Op<'ChannelMoments'>): Tensor[] {
  const x = input(op, 0);
  const { graph } = x;
  const [n, c, h, w] = x.shape as readonly [number, number, number, number];
  const share = 1 / (n * h * w);
  const ones = graph.constant(new Float64Array(c).fill(1), [c]);
  // scale * (x - mean) + shift, in one pass.
  const vectors = [dVariance.mul(2 * share), dMean.mul(share), output(op), ones];
  return [graph.apply('BatchNormInference', [x, ...vectors], { epsilon: 0 })[0]!];
}

export const vjpRules: { readonly [P in Prim]: VjpRule<P> } = {
  ...elementwiseVjpRules,
  ReduceSum: (g, op) => [restored(g, op).expand(input(op, 0).shape)],
  ReduceMean: (g, op) => [restored(g.mul(1 / reducedCount(op)), op).expand(input(op, 0).shape)],
  Reshape: (g, op) => [g.reshape(input(op, 0).shape)],
  Transpose: (g, op) => [g.transpose(inversePermutation(op.attrs.perm))],
  Expand: (g, op) => [sumTo(g, input(op, 0).shape)],
  Slice: sliceVjp,
  Pad: (g, op) => {
    const { before } = op.attrs;
    const { shape } = input(op, 0);
    return [
      g.slice(
        before,
        shape.map((side, axis) => before[axis]! + side),
      ),
    ];
  },
  Concat: concatVjp,
  Gather: (g, op) => {
    const [x, indices] = op.inputs as [Tensor, Tensor];
    return [g.graph.apply('GatherGrad', [g, indices], { ...op.attrs, inputShape: x.shape })[0]!, null];
  },
  // Each of the k largest hands its cotangent to the place it was taken from.
  TopK: (g, op) => {
    const { shape } = input(op, 0);
    const side = shape.at(-1)!;
    const rows = sizeOf(shape) / side;
    const starts = g.graph.constant(
      Array.from({ length: rows }, (_, row) => row * side),
      [rows, 1],
      'int32',
    );
    const places = output(op, 1)
      .reshape([rows, op.attrs.k])
      .add(starts)
      .reshape([rows * op.attrs.k]);
    const flat = g.reshape([rows * op.attrs.k]);
    return [g.graph.apply('GatherGrad', [flat, places], { axis: 0, inputShape: [rows * side] })[0]!.reshape(shape)];
  },
  NonMaxSuppression: none, // piecewise constant
  RoiAlign: (g, op) => {
    const { inputs, attrs } = op;
    const [boxes, images, levels, ...maps] = inputs;
    if (attrs.samplingRatio === 0) return none(g, op);
    const mapShapes = maps.map(({ shape }) => shape);
    return [null, null, null, ...g.graph.apply('RoiAlignGrad', [g, boxes!, images!, levels!], { ...attrs, mapShapes })];
  },
  // Every pixel gets the sum over its copies.
  Upsample: (g, op) => {
    const [down, across] = op.attrs.factors;
    return [g.averagePool({ kernel: [down, across], stride: [down, across] }).mul(down * across)];
  },
  Split: (_, { attrs }, [first, ...others]) => [first!.concat(others, attrs.axis)],
  MatMul: matMulVjp,
  Conv: convVjp,
  MaxPool: (g, op) => g.graph.apply('MaxPoolGrad', [g, output(op, 1)], { inputShape: input(op, 0).shape }),
  AveragePool: (g, op) => g.graph.apply('AveragePoolGrad', [g], { ...op.attrs, inputShape: input(op, 0).shape }),
  BatchNormTrain: (g, op) => {
    const [x, scale] = op.inputs as [Tensor, Tensor];
    return g.graph.apply('BatchNormGrad', [g, x, scale, output(op, 1), output(op, 2)], op.attrs);
  },
  BatchNormInference: batchNormInferenceVjp,
  ChannelMoments: (_, op, [dMean, dVariance]) => channelMomentsVjp(dMean!, dVariance!, op),
  // A share of every batch's mean, so it gets a share of every batch's cotangent.
  AcrossBatches: (g, { attrs: { name } }) => g.graph.apply('AcrossBatches', [g], { name: `slope of ${name}` }),
  Standardize: (g, op) => g.graph.apply('StandardizeGrad', [g, output(op), output(op, 1)], {}),
  // dx = y * (g - sum(g * y))
  Softmax: (g, op) => {
    const y = output(op);
    return [y.mul(g.sub(mixedAlong(g, y, op.attrs.axis) ?? g.mul(y).sum([op.attrs.axis], true)))];
  },
  // dx = g - softmax(x) * sum(g)
  LogSoftmax: (g, op) => [
    g.sub(
      output(op)
        .exp()
        .mul(g.sum([op.attrs.axis], true)),
    ),
  ],
  OneHot: none, // integer input
  ReluGrad: onlyOnce,
  ClipGrad: onlyOnce,
  SiluGrad: onlyOnce,
  // It serves as transposed convolution, too, and so has a derivative: y = W^T x gives dx = W g.
  ConvInputGrad: (g, { inputs, attrs: { inputShape: _, ...attrs } }) => {
    const [x, weight] = inputs as [Tensor, Tensor];
    const [dw] = g.graph.apply('ConvWeightGrad', [g, x], { ...attrs, weightShape: weight.shape });
    return [g.conv(weight, null, attrs), dw!];
  },
  ConvWeightGrad: onlyOnce,
  MaxPoolGrad: onlyOnce,
  AveragePoolGrad: onlyOnce,
  BatchNormGrad: onlyOnce,
  ScaleAdd: (g, op) => [sumTo(g.mul(input(op, 1)), []), g.mul(input(op, 0)), g],
  GatherGrad: onlyOnce,
  RoiAlignGrad: onlyOnce,
  StandardizeGrad: onlyOnce,
};

/** The rule of one operation, applied to its outputs' cotangents; guards the contract every rule keeps. */
export function pullBack(outputs: readonly Tensor[], op: Op): readonly (Tensor | null)[] {
  const rule = vjpRules[op.prim] as VjpRule<Prim>;
  const cotangents = rule(outputs[0]!, op, outputs);
  assert(cotangents.length === op.inputs.length, `${op.prim}: rule gave ${cotangents.length} cotangents`);
  cotangents.forEach((cotangent, i) => {
    const { shape } = op.inputs[i]!;
    const fits = cotangent === null || `${cotangent.shape}` === `${shape}`;
    assert(fits, `${op.prim}: cotangent ${i} is [${cotangent?.shape}], its input [${shape}]`);
  });
  return cotangents;
}
