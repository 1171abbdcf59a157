/**
 * Dense convolutions on maps of few pixels. A convolution per image would read all weights for a handful of outputs, so
 * the whole batch is made one matrix product with the weight as it lies in memory:
 *
 *   columns [C*kh*kw, N*Ho*Wo]: what each output pixel of each image sees
 *   y = weight [K, C*kh*kw] x columns        dcolumns = weight^T x dy        dweight = dy x columns^T
 */

import type { ConvAttrs } from '../core/primitives.ts';
import type { Emitter } from './emitter.ts';

export type Sizes = readonly [n: number, c: number, h: number, w: number];

/** Output pixels up to which this form wins: beyond, the columns cost more to build than they save. */
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

const rows = (weight: Sizes): number => weight[1] * weight[2] * weight[3];

const matrix = (emit: Emitter, name: string, height: number, width: number): string =>
  emit.one('Reshape', [name, emit.ints([height, width])]);

/** Offsets of a kernel's taps, row by row. */
function taps([, , kh, kw]: Sizes): (readonly [number, number])[] {
  return Array.from({ length: kh * kw }, (_, at) => [Math.floor(at / kw), at % kw] as const);
}

function columns(emit: Emitter, x: string, { x: shape, output, weight, attrs }: Geometry): string {
  const [n, c] = shape;
  const [, , ho, wo] = output;
  const { pads, strides, dilations } = attrs;
  const isPadded = pads.some((pad) => pad > 0);
  const channelsFirst = swapped(emit, x);
  const padding = emit.ints([0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]);
  const padded = isPadded ? emit.one('Pad', [channelsFirst, padding]) : channelsFirst;
  const views = taps(weight).map(([i, j]) => {
    const start = [i * dilations[0], j * dilations[1]] as const;
    const end = [start[0] + (ho - 1) * strides[0] + 1, start[1] + (wo - 1) * strides[1] + 1];
    const view = emit.one('Slice', [padded, emit.ints(start), emit.ints(end), emit.ints([2, 3]), emit.ints(strides)]);
    return emit.one('Reshape', [view, emit.ints([c, 1, n * ho * wo])]);
  });
  return matrix(emit, emit.one('Concat', views, { axis: 1 }), rows(weight), n * ho * wo);
}

export function smallConv(emit: Emitter, x: string, weight: string, bias: string | null, geometry: Geometry): string {
  const [n, k, ho, wo] = geometry.output;
  const flat = matrix(emit, weight, k, rows(geometry.weight));
  const product = emit.one('Gemm', [flat, columns(emit, x, geometry)]);
  const y = swapped(emit, emit.one('Reshape', [product, emit.ints([k, n, ho, wo])]));
  return bias === null ? y : emit.one('Add', [y, emit.one('Reshape', [bias, emit.ints([1, k, 1, 1])])]);
}

export function smallWeightGrad(emit: Emitter, x: string, g: string, geometry: Geometry): string {
  const [n, k, ho, wo] = geometry.output;
  const slopes = matrix(emit, swapped(emit, g), k, n * ho * wo);
  const product = emit.one('Gemm', [slopes, columns(emit, x, geometry)], { transB: 1 });
  return emit.one('Reshape', [product, emit.ints(geometry.weight)]);
}

/** Each tap's share of `dcolumns` goes back to where its view was taken; a negative pad cuts what lay in the padding. */
export function smallInputGrad(emit: Emitter, g: string, weight: string, geometry: Geometry): string {
  const { x: shape, output, weight: weightShape, attrs } = geometry;
  const [n, c, h, w] = shape;
  const [, k, ho, wo] = output;
  const { pads, strides, dilations } = attrs;
  const offsets = taps(weightShape);
  const slopes = matrix(emit, swapped(emit, g), k, n * ho * wo);
  const flat = matrix(emit, weight, k, rows(weightShape));
  const product = emit.one('Gemm', [flat, slopes], { transA: 1 });
  const byTap = emit.one('Reshape', [product, emit.ints([c, offsets.length, n, ho, wo])]);
  const sizes = emit.ints(offsets.map(() => 1));
  const parts = emit.node('Split', [byTap, sizes], { axis: 1 }, offsets.length).map((part, at) => {
    const [i, j] = offsets[at]!;
    const view = emit.one('Reshape', [part, emit.ints([c, n, ho, wo])]);
    const spread = spreadRows(emit, view, [c, n, ho, wo], strides);
    const before = [i * dilations[0] - pads[0], j * dilations[1] - pads[1]] as const;
    const after = [h - before[0] - ho * strides[0], w - before[1] - wo * strides[1]] as const;
    return emit.one('Pad', [spread, emit.ints([0, 0, ...before, 0, 0, ...after])]);
  });
  return swapped(emit, parts.length === 1 ? parts[0]! : emit.one('Sum', parts));
}

/** Each row and column is followed by `stride - 1` of zeros, the last one too. */
export function spreadRows(emit: Emitter, x: string, [n, c, h, w]: Sizes, strides: readonly [number, number]): string {
  const [down, across] = strides;
  if (down === 1 && across === 1) return x;
  const split = emit.one('Reshape', [x, emit.ints([n, c, h, 1, w, 1])]);
  const filled = emit.one('Pad', [split, emit.ints([0, 0, 0, 0, 0, 0, 0, 0, 0, down - 1, 0, across - 1])]);
  return emit.one('Reshape', [filled, emit.ints([n, c, h * down, w * across])]);
}
