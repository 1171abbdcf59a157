/**
 * Dense convolutions on maps of few pixels. A convolution per image would read all weights for a handful of outputs, so
 * the whole batch is made one matrix product with the weight as it lies in memory:
 *
 *   columns [C*kh*kw, N*Ho*Wo]: what each output pixel of each image sees
 *   y = weight [K, C*kh*kw] x columns        dcolumns = weight^T x dy        dweight = dy x columns^T
 *
 * Pixels go to columns, and back, by a constant matrix of zeros and ones: on so few pixels a product is cheaper than
 * slicing and padding, and it holds strides, dilations and padding of any kind.
 *
 * With fewer pixels still, such a matrix makes of the kernel a weight from each pixel to each, and maps are rows as they lie:
 *
 *   W [Ho*Wo*K, C*H*W]        y = x W^T        dx = dy W        dW = dy^T x
 *
 * which leaves away what a kernel would read beyond the edges: of one pixel's 3x3, eight taps of nine.
 */

import type { ConvAttrs } from '../core/primitives.ts';
import type { Emitter } from './emitter.ts';

export type Sizes = readonly [n: number, c: number, h: number, w: number];

/** Output pixels up to which this form wins; measured on ResNet-18 at 64 pixels. */
const FEW_PIXELS = 4;

export function isSmallMap(emit: Emitter, output: Sizes, weight: Sizes, { group }: ConvAttrs): boolean {
  const isSpatial = weight[2] > 1 || weight[3] > 1;
  return !emit.anyBatch && group === 1 && isSpatial && output[2] * output[3] <= FEW_PIXELS;
}

interface Geometry {
  readonly x: Sizes;
  readonly output: Sizes;
  readonly weight: Sizes;
  readonly attrs: ConvAttrs;
}

/** Images and channels change places: [N,C,H,W] <-> [C,N,H,W]. */
const swapped = (emit: Emitter, name: string): string => emit.one('Transpose', [name], { perm: [1, 0, 2, 3] });

const reshaped = (emit: Emitter, name: string, shape: readonly number[]): string =>
  emit.one('Reshape', [name, emit.ints(shape)]);

/** Numbers that every form needs: channels, filters, taps of the kernel, pixels in and out. */
function counts({ x: [n, c, h, w], output: [, k, ho, wo], weight: [, , kh, kw] }: Geometry) {
  return { n, c, k, taps: kh * kw, pixels: h * w, outputs: ho * wo };
}

/** Shapes: -> [H*W, taps*Ho*Wo]; one where that tap of that output pixel reads this input pixel. */
function reading({ x, output, weight, attrs }: Geometry): number[] {
  const [, , h, w] = x;
  const [, , ho, wo] = output;
  const [, , kh, kw] = weight;
  const { pads, strides, dilations } = attrs;
  const width = kh * kw * ho * wo;
  const matrix = new Array<number>(h * w * width).fill(0);
  for (let column = 0; column < width; column++) {
    const [tap, pixel] = [Math.floor(column / (ho * wo)), column % (ho * wo)];
    const y = Math.floor(pixel / wo) * strides[0] + Math.floor(tap / kw) * dilations[0] - pads[0];
    const across = (pixel % wo) * strides[1] + (tap % kw) * dilations[1] - pads[1];
    if (y >= 0 && y < h && across >= 0 && across < w) matrix[(y * w + across) * width + column] = 1;
  }
  return matrix;
}

function columns(emit: Emitter, x: string, geometry: Geometry): string {
  const { n, c, taps, pixels, outputs } = counts(geometry);
  const readers = emit.constant(reading(geometry), [pixels, taps * outputs], 'float32');
  const seen = emit.one('Gemm', [reshaped(emit, swapped(emit, x), [c * n, pixels]), readers]);
  const byTap = emit.one('Transpose', [reshaped(emit, seen, [c, n, taps, outputs])], { perm: [0, 2, 1, 3] });
  return reshaped(emit, byTap, [c * taps, n * outputs]);
}

/** Shapes: dy [N,K,Ho,Wo] -> [K, N*Ho*Wo]. */
const slopes = (emit: Emitter, g: string, { n, k, outputs }: ReturnType<typeof counts>): string =>
  reshaped(emit, swapped(emit, g), [k, n * outputs]);

const LEAST_IMAGES = 16; // from which weights that are made anew at each step are paid for
const MOST_GROWTH = 2; // of the weight

/** Whether there are so few pixels that a weight from each to each is hardly larger than the kernel, or smaller. */
function isPixelToPixel(geometry: Geometry): boolean {
  const { n, taps, pixels, outputs } = counts(geometry);
  return n >= LEAST_IMAGES && outputs * pixels <= MOST_GROWTH * taps;
}

/** The same ones as `reading`. Shapes: -> [Ho*Wo, taps, H*W], or with the last two swapped. */
function readingByOutput(emit: Emitter, geometry: Geometry, isSwapped: boolean): string {
  const { taps, pixels, outputs } = counts(geometry);
  const ones = reading(geometry);
  const [rows, columns] = isSwapped ? [pixels, taps] : [taps, pixels];
  const matrix = Array.from({ length: outputs * rows * columns }, (_, i) => {
    const [output, row, column] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns];
    const [pixel, tap] = isSwapped ? [row, column] : [column, row];
    return ones[(pixel * taps + tap) * outputs + output]!;
  });
  return emit.constant(matrix, [outputs, rows, columns], 'float32');
}

/** Shapes: [K,C,kh,kw] -> [Ho*Wo*K, C*H*W]. */
function pixelWeights(emit: Emitter, weight: string, geometry: Geometry): string {
  const { c, k, taps, pixels, outputs } = counts(geometry);
  const operands = [reshaped(emit, weight, [1, k * c, taps]), readingByOutput(emit, geometry, false)];
  return reshaped(emit, emit.one('MatMul', operands), [outputs * k, c * pixels]);
}

/** Shapes: dy [N,K,Ho,Wo] -> [N, Ho*Wo*K]. */
function slopesByOutput(emit: Emitter, g: string, { n, k, outputs }: ReturnType<typeof counts>): string {
  const view = reshaped(emit, g, [n, k, outputs]);
  return reshaped(emit, outputs === 1 ? view : emit.one('Transpose', [view], { perm: [0, 2, 1] }), [n, outputs * k]);
}

function pixelConv(emit: Emitter, x: string, weight: string, geometry: Geometry): string {
  const { n, c, k, pixels, outputs } = counts(geometry);
  const operands = [reshaped(emit, x, [n, c * pixels]), pixelWeights(emit, weight, geometry)];
  const product = emit.one('Gemm', operands, { transB: 1 });
  if (outputs === 1) return reshaped(emit, product, geometry.output);
  const byFilter = emit.one('Transpose', [reshaped(emit, product, [n, outputs, k])], { perm: [0, 2, 1] });
  return reshaped(emit, byFilter, geometry.output);
}

function pixelInputGrad(emit: Emitter, g: string, weight: string, geometry: Geometry): string {
  const slope = slopesByOutput(emit, g, counts(geometry));
  return reshaped(emit, emit.one('Gemm', [slope, pixelWeights(emit, weight, geometry)]), geometry.x);
}

function pixelWeightGrad(emit: Emitter, x: string, g: string, geometry: Geometry): string {
  const all = counts(geometry);
  const { n, c, k, taps, pixels, outputs } = all;
  const operands = [slopesByOutput(emit, g, all), reshaped(emit, x, [n, c * pixels])];
  const byPixel = reshaped(emit, emit.one('Gemm', operands, { transA: 1 }), [outputs, k * c, pixels]);
  const byTap = emit.one('MatMul', [byPixel, readingByOutput(emit, geometry, true)]);
  if (outputs === 1) return reshaped(emit, byTap, geometry.weight);
  // A sum over a few long rows: a product with ones, which all threads share.
  const ones = emit.constant(new Float64Array(outputs).fill(1), [1, outputs], 'float32');
  const sum = emit.one('Gemm', [ones, reshaped(emit, byTap, [outputs, k * c * taps])]);
  return reshaped(emit, sum, geometry.weight);
}

function columnConv(emit: Emitter, x: string, weight: string, geometry: Geometry): string {
  const { c, k, taps } = counts(geometry);
  const [n, , ho, wo] = geometry.output;
  const product = emit.one('Gemm', [reshaped(emit, weight, [k, c * taps]), columns(emit, x, geometry)]);
  return swapped(emit, reshaped(emit, product, [k, n, ho, wo]));
}

export function smallConv(emit: Emitter, x: string, weight: string, bias: string | null, geometry: Geometry): string {
  const { k } = counts(geometry);
  const form = isPixelToPixel(geometry) ? pixelConv : columnConv;
  const y = form(emit, x, weight, geometry);
  return bias === null ? y : emit.one('Add', [y, reshaped(emit, bias, [1, k, 1, 1])]);
}

export function smallWeightGrad(emit: Emitter, x: string, g: string, geometry: Geometry): string {
  if (isPixelToPixel(geometry)) return pixelWeightGrad(emit, x, g, geometry);
  const product = emit.one('Gemm', [slopes(emit, g, counts(geometry)), columns(emit, x, geometry)], { transB: 1 });
  return reshaped(emit, product, geometry.weight);
}

export function smallInputGrad(emit: Emitter, g: string, weight: string, geometry: Geometry): string {
  if (isPixelToPixel(geometry)) return pixelInputGrad(emit, g, weight, geometry);
  const all = counts(geometry);
  const { n, c, k, taps, pixels, outputs } = all;
  const [, , h, w] = geometry.x;
  const flat = reshaped(emit, weight, [k, c * taps]);
  const shares = emit.one('Gemm', [flat, slopes(emit, g, all)], { transA: 1 });
  const byImage = emit.one('Transpose', [reshaped(emit, shares, [c, taps, n, outputs])], { perm: [0, 2, 1, 3] });
  const readers = emit.constant(reading(geometry), [pixels, taps * outputs], 'float32');
  const summed = emit.one('Gemm', [reshaped(emit, byImage, [c * n, taps * outputs]), readers], { transB: 1 });
  return swapped(emit, reshaped(emit, summed, [c, n, h, w]));
}
