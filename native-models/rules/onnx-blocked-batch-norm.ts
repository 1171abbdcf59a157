/**
 * Batch norm in training over blocked maps. Sums run over short stretches in float32 and from there on in float64: the
 * variance is the mean square less the squared mean, which loses digits where the mean is large.
 */

import type { Shape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { packedShape } from './layout.ts';
import { cutBack, filledUp, inLayout, NCHWC, reshaped } from './onnx-blocked-convert.ts';
import { pending, scaled } from './onnx-blocked-fused.ts';

type Sizes = readonly [number, number, number, number];

const [FLOAT, DOUBLE] = [1, 11]; // ONNX element types
const STRETCH = 256; // elements summed in float32 at most, so that rounding stays near that of one addition

const double = (emit: Emitter, name: string): string => emit.one('Cast', [name], { to: DOUBLE });
const single = (emit: Emitter, name: string): string => emit.one('Cast', [name], { to: FLOAT });
const number = (emit: Emitter, value: number): string => emit.constant([value], [1], 'float64');

/** Stretches that one map is summed in: all of it where it is small, else its rows. */
function stretches([, , h, w]: Sizes): readonly [count: number, length: number] {
  return h * w <= STRETCH ? [1, h * w] : [h, w];
}

/** Shapes: partial sums [N * C/b * stretches, b] -> float64 [C]. */
function total(emit: Emitter, parts: string, sizes: Sizes, block: number): string {
  const [n, c] = sizes;
  const [count] = stretches(sizes);
  const over = (value: string, axis: number) => emit.one('ReduceSum', [value, emit.ints([axis])], { keepdims: 0 });
  if (count === 1) return over(double(emit, reshaped(emit, parts, [n, c])), 0);
  const perImage = over(double(emit, reshaped(emit, parts, [n, c / block, count, block])), 2);
  return reshaped(emit, over(perImage, 0), [c]);
}

/**
 * The sum of each channel times a number. Stretches are averaged by the blocked pooling operator, which is faster than a
 * sum. Shapes: blocked [N,C,H,W] -> float64 [C].
 */
function sum(emit: Emitter, x: string, sizes: Sizes, block: number, factor = 1): string {
  const [n, c] = sizes;
  const [count, length] = stretches(sizes);
  const view = reshaped(emit, x, [1, n * c * count, 1, length]);
  const window = { kernel_shape: [1, length], strides: [1, 1], pads: [0, 0, 0, 0] };
  const means = emit.one(`${NCHWC}AveragePool`, [view], window);
  return emit.one('Mul', [total(emit, means, sizes, block), number(emit, length * factor)]);
}

/**
 * Sum of products, per channel, in one pass that writes nothing: a depthwise convolution whose filters are the other
 * map. Shapes: blocked [N,C,H,W] twice -> float64 [C].
 */
function dot(emit: Emitter, x: string, y: string, sizes: Sizes, block: number): string {
  const [n, c] = sizes;
  const [count, length] = stretches(sizes);
  const group = n * c * count;
  const operands = [reshaped(emit, x, [1, group, 1, length]), reshaped(emit, y, [group, 1, 1, length])];
  const window = { kernel_shape: [1, length], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group };
  return total(emit, emit.one(`${NCHWC}Conv`, operands, window), sizes, block);
}

const SMALLEST = 2 ** -126; // of float32: where blocks are filled up a variance of zero must not be divided by

function deviation(emit: Emitter, variance: string, epsilon: number): string {
  const floor = emit.constant([Math.max(epsilon, SMALLEST)], [1], 'float32');
  return emit.one('Sqrt', [emit.one('Add', [variance, floor])]);
}

/** Null where the plain form serves: fewer channels than a block, or a map that is not blocked anyway. */
function sizesFor(emit: Emitter, x: Tensor, block: number): Sizes | null {
  return emit.value(x).layout === 'blocked' ? (packedShape(x.shape, 'blocked', block) as Sizes) : null;
}

const elements = (shape: Shape): number => shape[0]! * shape[2]! * shape[3]!;

/** Shapes: x [N,C,H,W] -> mean and population variance, float32 [C filled up]. */
function moments(emit: Emitter, x: Tensor, sizes: Sizes, block: number): readonly [mean: string, variance: string] {
  const map = emit.in(x, 'blocked');
  const share = 1 / elements(x.shape);
  const mean = sum(emit, map, sizes, block, share);
  const square = emit.one('Mul', [dot(emit, map, map, sizes, block), number(emit, share)]);
  const spread = emit.one('Sub', [square, emit.one('Mul', [mean, mean])]);
  const variance = single(emit, emit.one('Max', [spread, number(emit, 0)]));
  return [single(emit, mean), variance];
}

export function blockedChannelMoments(
  otherwise: LoweringRule<'ChannelMoments'>,
  block: number,
): LoweringRule<'ChannelMoments'> {
  return (emit, op) => {
    const [x] = op.inputs as readonly [Tensor];
    const sizes = sizesFor(emit, x, block);
    if (sizes === null) return otherwise(emit, op);
    return moments(emit, x, sizes, block).map((vector) => cutBack(emit, vector, x.shape[1]!, block));
  };
}

export function blockedBatchNormTrain(
  otherwise: LoweringRule<'BatchNormTrain'>,
  block: number,
): LoweringRule<'BatchNormTrain'> {
  return (emit, op) => {
    const [x, gamma, beta] = op.inputs as readonly [Tensor, Tensor, Tensor];
    const sizes = sizesFor(emit, x, block);
    if (sizes === null) return otherwise(emit, op);
    const channels = x.shape[1]!;
    const map = emit.in(x, 'blocked');
    const [centre, variance] = moments(emit, x, sizes, block);

    const [weight, bias] = [gamma, beta].map((v) => filledUp(emit, emit.name(v), channels, block));
    const scale = emit.one('Div', [weight!, deviation(emit, variance, op.attrs.epsilon)]);
    const shift = emit.one('Sub', [bias!, emit.one('Mul', [centre, scale])]);
    const affine = { x: map, scale, shift, added: null };
    const statistic = (vector: string) => cutBack(emit, vector, channels, block);
    return [pending(emit, affine, sizes[1]), statistic(centre), statistic(variance)];
  };
}

/** dx = a * g + b * x + c, with vectors over channels; see the reference evaluator for the formula. */
export function blockedBatchNormGrad(
  otherwise: LoweringRule<'BatchNormGrad'>,
  block: number,
): LoweringRule<'BatchNormGrad'> {
  return (emit, op) => {
    const [g, x, gamma, mean, variance] = op.inputs as readonly [Tensor, Tensor, Tensor, Tensor, Tensor];
    const sizes = sizesFor(emit, x, block);
    if (sizes === null) return otherwise(emit, op);
    const channels = x.shape[1]!;
    const [slopes, map] = [emit.in(g, 'blocked'), emit.in(x, 'blocked')];
    const vector = (tensor: Tensor) => filledUp(emit, emit.name(tensor), channels, block);
    const [weight, centre] = [vector(gamma), vector(mean)];
    const spread = deviation(emit, vector(variance), op.attrs.epsilon);

    // Where the mean is large these two nearly cancel.
    const [total, product] = [sum(emit, slopes, sizes, block), dot(emit, slopes, map, sizes, block)];
    const along = emit.one('Sub', [product, emit.one('Mul', [double(emit, centre), total])]);
    const dBeta = single(emit, total);
    const dGamma = emit.one('Div', [single(emit, along), spread]);

    const share = emit.constant([-1 / elements(x.shape)], [1], 'float32');
    const a = emit.one('Div', [weight, spread]);
    const shared = emit.one('Mul', [a, share]);
    const b = emit.one('Mul', [emit.one('Div', [shared, spread]), dGamma]);
    const c = emit.one('Sub', [emit.one('Mul', [shared, dBeta]), emit.one('Mul', [b, centre])]);
    const none = emit.constant(new Float64Array(sizes[1]), [sizes[1]], 'float32');
    const fromX = scaled(emit, { x: map, scale: b, shift: c, added: null }, sizes[1]);
    const dx = scaled(emit, { x: slopes, scale: a, shift: none, added: fromX }, sizes[1]);
    const gradient = (value: string) => cutBack(emit, value, channels, block);
    return [inLayout('blocked', dx), gradient(dGamma), gradient(dBeta)];
  };
}

/** With stored statistics: scale / sqrt(variance + epsilon) * (x - mean) + bias, one pass that is yet to be written. */
export function blockedBatchNormInference(
  otherwise: LoweringRule<'BatchNormInference'>,
  block: number,
): LoweringRule<'BatchNormInference'> {
  return (emit, op) => {
    const [x, gamma, beta, mean, variance] = op.inputs as readonly [Tensor, Tensor, Tensor, Tensor, Tensor];
    const sizes = sizesFor(emit, x, block);
    if (sizes === null) return otherwise(emit, op);
    const [weight, bias, centre, spread] = [gamma, beta, mean, variance].map((tensor) =>
      filledUp(emit, emit.name(tensor), x.shape[1]!, block),
    ) as [string, string, string, string];
    const scale = emit.one('Div', [weight, deviation(emit, spread, op.attrs.epsilon)]);
    const shift = emit.one('Sub', [bias, emit.one('Mul', [centre, scale])]);
    const affine = { x: emit.in(x, 'blocked'), scale, shift, added: null };
    return [pending(emit, affine, sizes[1])];
  };
}
