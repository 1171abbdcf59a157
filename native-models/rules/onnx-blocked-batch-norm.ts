/** Batch norm in training over blocked maps. */

import type { Shape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { packedShape } from './layout.ts';
import { cutBack, filledUp } from './onnx-blocked-convert.ts';
import { pending, scaled } from './onnx-blocked-fused.ts';
import { dotWithProduct, momentsOfProduct, normedProduct, productOf } from './onnx-blocked-normed-product.ts';
import { dot, double, number, single, sum } from './onnx-blocked-sums.ts';

type Sizes = readonly [number, number, number, number];

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
    const product = productOf(x, block);
    const [centre, variance] =
      product === null
        ? moments(emit, x, sizes, block)
        : (momentsOfProduct(emit, product, block).map((vector) => single(emit, vector)) as [string, string]);

    const [weight, bias] = [gamma, beta].map((v) => filledUp(emit, emit.name(v), channels, block));
    const scale = emit.one('Div', [weight!, deviation(emit, variance, op.attrs.epsilon)]);
    const shift = emit.one('Sub', [bias!, emit.one('Mul', [centre, scale])]);
    const affine =
      product === null
        ? { x: emit.in(x, 'blocked'), scale, shift, added: null }
        : normedProduct(emit, product, scale, shift, block);
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
    const slopes = emit.in(g, 'blocked');
    const conv = productOf(x, block);
    const vector = (tensor: Tensor) => filledUp(emit, emit.name(tensor), channels, block);
    const [weight, centre] = [vector(gamma), vector(mean)];
    const spread = deviation(emit, vector(variance), op.attrs.epsilon);

    // Where the mean is large these two nearly cancel.
    const total = sum(emit, slopes, sizes, block);
    const product =
      conv === null ? dot(emit, slopes, emit.in(x, 'blocked'), sizes, block) : dotWithProduct(emit, conv, g, block);
    const along = emit.one('Sub', [product, emit.one('Mul', [double(emit, centre), total])]);
    const dBeta = single(emit, total);
    const dGamma = emit.one('Div', [single(emit, along), spread]);

    const share = emit.constant([-1 / elements(x.shape)], [1], 'float32');
    const a = emit.one('Div', [weight, spread]);
    const shared = emit.one('Mul', [a, share]);
    const b = emit.one('Mul', [emit.one('Div', [shared, spread]), dGamma]);
    const c = emit.one('Sub', [emit.one('Mul', [shared, dBeta]), emit.one('Mul', [b, centre])]);
    const none = emit.constant(new Float64Array(sizes[1]), [sizes[1]], 'float32');
    const dx = () => {
      const fromX = scaled(emit, { x: emit.in(x, 'blocked'), scale: b, shift: c, added: null }, sizes[1]);
      return scaled(emit, { x: slopes, scale: a, shift: none, added: fromX }, sizes[1]);
    };
    const value = { layout: 'blocked', padding: 0, name: dx } as const;
    const gradient = (value: string) => cutBack(emit, value, channels, block);
    return [conv === null ? value : { ...value, ofProduct: { conv, g, a, b, c } }, gradient(dGamma), gradient(dBeta)];
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
