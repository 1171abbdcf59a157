/**
 * Gradients of a 1x1 convolution x = W u whose result a batch norm reads. The norm's gradient is linear in its cotangent g and
 * in x, per channel dx = a * g + b * x + c, and x is linear in u, so neither x is read nor dx written:
 *
 *   du = (a W)^T g + (W^T b W) u + W^T c
 *   dW = a (g u^T) + b W (u u^T) + c (sum of u)^T
 *
 * a, b and c come from the sums of g and of g * x, the latter being W times g u^T. Nor is x written on the way forward: its mean and
 * variance come from u (`onnx-blocked-operand-moments.ts`), so the norm is part of the convolution, with an activation behind it.
 *
 * That is worth it where u has fewer channels than x: the products of u with itself are small then, and maps of the many
 * channels are what takes time.
 */

import { madeBy, type Op, type Tensor } from '../core/tensor.ts';
import { convForm } from './blocked-arrange.ts';
import type { Affine, Emitter, NormedProduct, Value } from './emitter.ts';
import { packedShape } from './layout.ts';
import { turnedFilter } from './onnx-blocked-chunks.ts';
import { isReadable } from './onnx-blocked-conv-planes.ts';
import { byPixels } from './onnx-blocked-conv-products.ts';
import { NCHWC, reshaped } from './onnx-blocked-convert.ts';
import {
  columnDots,
  type OperandSums,
  operandSums,
  productMoments,
  stretchOf,
} from './onnx-blocked-operand-moments.ts';
import { double, number, single } from './onnx-blocked-sums.ts';
import { isPointwise } from './onnx-standard-conv.ts';

type Sizes = readonly [number, number, number, number];

const LEAST_PIXELS = 784; // of a map that leaves the caches before it is read again
const LEAST_GROWTH = 2; // channels of x for one of u

/** The convolution that makes a map, where its gradients have this form. */
export function productOf(x: Tensor, block: number): Op<'Conv'> | null {
  const conv = madeBy(x, 'Conv');
  if (conv === null) return null;
  const { shape } = x;
  const [u, weight, bias] = conv.inputs as readonly [Tensor, Tensor, Tensor | undefined];
  const [, , height, width] = shape as Sizes;
  const isStrided = conv.attrs.strides.some((stride) => stride !== 1);
  if (!isPointwise(weight.shape, conv.attrs) || bias !== undefined || isStrided) return null;
  if (convForm(u.shape, weight.shape, shape, conv.attrs, block) !== 'dense') return null;
  const sizes = packedShape(u.shape, 'blocked', block) as Sizes;
  const grows = shape[1]! >= LEAST_GROWTH * sizes[1];
  const isLarge = height * width >= LEAST_PIXELS;
  return grows && isLarge && isReadable(shape[0]!, block) && stretchOf(sizes, block) !== null ? conv : null;
}

/** W by blocks, and how vectors over the channels of x and matrices of its size are seen so. */
function byBlocks(emit: Emitter, conv: Op<'Conv'>, block: number) {
  const [u, weight] = conv.inputs as readonly [Tensor, Tensor];
  const [k, channels] = packedShape(weight.shape, 'filter', block) as Sizes;
  const blocks = k / block;
  const vector = (name: string) => reshaped(emit, name, [blocks, 1, block]);
  const matrix = (name: string) => reshaped(emit, name, [blocks, channels, block]);
  return { u, k, channels, blocks, vector, matrix, w: matrix(emit.in(weight, 'filter')) };
}

function sumsOf(emit: Emitter, u: Tensor, block: number): OperandSums {
  return operandSums(emit, emit.in(u, 'blocked'), packedShape(u.shape, 'blocked', block) as Sizes, block);
}

/** Mean and population variance of each channel of x. Shapes: -> float64 [K filled up]. */
export function momentsOfProduct(emit: Emitter, conv: Op<'Conv'>, block: number): readonly [string, string] {
  const { u, k, channels, w } = byBlocks(emit, conv, block);
  const [mean, variance] = productMoments(emit, sumsOf(emit, u, block), w, [k, channels]);
  return [mean, emit.one('Max', [variance, number(emit, 0)])];
}

/** scale * x + shift, of which the scale becomes part of W: a pass that is yet to be written. */
export function normedProduct(emit: Emitter, conv: Op<'Conv'>, scale: string, shift: string, block: number): Affine {
  const { u, k, channels, vector, w } = byBlocks(emit, conv, block);
  const filters = reshaped(emit, emit.one('Mul', [w, vector(scale)]), [k, channels, 1, 1]);
  return { x: emit.in(u, 'blocked'), scale: filters, shift, added: null, isProduct: true };
}

/** The sum of g * x over each channel: x is linear in u, so the products of g with u serve. Shapes: -> float64 [K filled up]. */
export function dotWithProduct(emit: Emitter, conv: Op<'Conv'>, g: Tensor, block: number): string {
  const { k, matrix, w } = byBlocks(emit, conv, block);
  return columnDots(emit, double(emit, matrix(productsWithOperand(emit, conv, g, block))), double(emit, w), k);
}

/** g u^T, summed over all pixels. Shapes: -> filters [K,C,1,1], channels filled up. */
function productsWithOperand(emit: Emitter, { inputs, attrs }: Op<'Conv'>, g: Tensor, block: number): string {
  const [u] = inputs as readonly [Tensor];
  return byPixels({ emit, x: u, g, weight: [g.shape[1]!, u.shape[1]!, 1, 1], attrs, group: 1, block });
}

const summedOverBlocks = (emit: Emitter, name: string): string =>
  emit.one('ReduceSum', [name, emit.ints([0])], { keepdims: 0 });

const WINDOW = { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 };

export function inputGradOfProduct(emit: Emitter, product: NormedProduct, block: number): Value {
  const { u, k, channels, blocks, vector, w } = byBlocks(emit, product.conv, block);
  const [a, b, c] = [product.a, product.b, product.c].map(vector) as [string, string, string];
  const transposed = emit.one('Transpose', [w], { perm: [0, 2, 1] });
  const square = summedOverBlocks(emit, emit.one('MatMul', [emit.one('Mul', [w, b]), transposed]));
  const tiles = reshaped(emit, square, [channels / block, block, channels / block, block]);
  const ofU = reshaped(emit, emit.one('Transpose', [tiles], { perm: [0, 2, 3, 1] }), [channels, channels, 1, 1]);
  const shift = emit.one('MatMul', [w, reshaped(emit, c, [blocks, block, 1])]);
  const bias = reshaped(emit, summedOverBlocks(emit, shift), [channels]);
  const ofG = reshaped(emit, turnedFilter(emit, emit.one('Mul', [w, a]), [k, channels], block), [channels, k, 1, 1]);
  const made = (...addend: readonly string[]) => {
    const rest = addend.length === 0 ? [] : ['', ...addend];
    const before = emit.one(`${NCHWC}Conv`, [emit.in(u, 'blocked'), ofU, ...rest], WINDOW);
    return emit.one(`${NCHWC}Conv`, [emit.in(product.g, 'blocked'), ofG, bias, before], WINDOW);
  };
  return { layout: 'blocked', padding: 0, name: () => made(), plus: (addend) => made(addend) };
}

/** Shapes: -> filters [K,C,1,1], channels filled up. */
export function weightGradOfProduct(emit: Emitter, product: NormedProduct, block: number): string {
  const { conv, g } = product;
  const { u, k, channels, vector, matrix, w } = byBlocks(emit, conv, block);
  const [a, b, c] = [product.a, product.b, product.c].map(vector) as [string, string, string];
  const alone = emit.one('Mul', [matrix(productsWithOperand(emit, conv, g, block)), a]);
  const { total, squares } = sumsOf(emit, u, block);
  const along = emit.one('Mul', [emit.one('MatMul', [single(emit, squares), w]), b]);
  const level = emit.one('Mul', [reshaped(emit, single(emit, total), [1, channels, 1]), c]);
  return reshaped(emit, emit.one('Add', [emit.one('Add', [alone, along]), level]), [k, channels, 1, 1]);
}
