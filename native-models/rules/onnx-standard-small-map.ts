/**
 * Dense convolutions on maps of few pixels. A convolution per image would read all weights for a handful of outputs, so
 * the whole batch is made one matrix product with the weight as it lies in memory:
 *
 *   columns [C*kh*kw, N*Ho*Wo]: what each output pixel of each image sees
 *   y = weight [K, C*kh*kw] x columns        dcolumns = weight^T x dy        dweight = dy x columns^T
 *
 * Pixels go to columns, and back, by a constant matrix of zeros and ones: on so few pixels a product is cheaper than
 * slicing and padding, and it holds strides, dilations and padding of any kind.
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

export function smallConv(emit: Emitter, x: string, weight: string, bias: string | null, geometry: Geometry): string {
  const { c, k, taps } = counts(geometry);
  const [n, , ho, wo] = geometry.output;
  const product = emit.one('Gemm', [reshaped(emit, weight, [k, c * taps]), columns(emit, x, geometry)]);
  const y = swapped(emit, reshaped(emit, product, [k, n, ho, wo]));
  return bias === null ? y : emit.one('Add', [y, reshaped(emit, bias, [1, k, 1, 1])]);
}

export function smallWeightGrad(emit: Emitter, x: string, g: string, geometry: Geometry): string {
  const product = emit.one('Gemm', [slopes(emit, g, counts(geometry)), columns(emit, x, geometry)], { transB: 1 });
  return reshaped(emit, product, geometry.weight);
}

export function smallInputGrad(emit: Emitter, g: string, weight: string, geometry: Geometry): string {
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
