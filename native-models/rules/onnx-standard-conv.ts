/**
 * Convolution and its two gradients with plain operators.
 * Weight gradient of a dense convolution: one dilated Conv, with the whole batch as channels and the output's cotangent
 * as the filter; X is viewed as a map of N channels, H rows and W*C columns, so one output column per (column, channel).
 */

import { assert } from '../core/assert.ts';
import type { ConvAttrs, Pads } from '../core/primitives.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { isSmallMap, type Sizes, smallConv, smallInputGrad, smallWeightGrad } from './onnx-standard-small-map.ts';

const convAttributes = ({ strides, pads, dilations, group }: ConvAttrs) => ({ strides, pads, dilations, group });

export const lowerConv: LoweringRule<'Conv'> = (emit, { inputs, outputs, attrs }) => {
  const [x, weight] = inputs;
  const names = inputs.map(emit.name);
  const geometry = { x: x!.shape as Sizes, weight: weight!.shape as Sizes, output: outputs[0]!.shape as Sizes, attrs };
  if (isSmallMap(emit, geometry.output, geometry.weight, attrs)) {
    return [smallConv(emit, names[0]!, names[1]!, names[2] ?? null, geometry)];
  }
  if (!isStridedPointwise(weight!.shape, attrs)) return [emit.one('Conv', names, convAttributes(attrs))];
  // A 1x1 kernel reads only every stride-th pixel: take those first, and the rest is a plain product.
  const taken = every(emit, names[0]!, attrs.strides, x!.shape);
  return [emit.one('Conv', [taken, ...names.slice(1)], { ...convAttributes(attrs), strides: [1, 1] })];
};

/** Whether a convolution is a matrix product for each pixel that it reads. */
export function isPointwise(weight: readonly number[], { pads }: Pick<ConvAttrs, 'pads'>): boolean {
  return weight[2] === 1 && weight[3] === 1 && pads.every((pad) => pad === 0);
}

function isStridedPointwise(weight: readonly number[], attrs: ConvAttrs): boolean {
  const { strides, group } = attrs;
  return isPointwise(weight, attrs) && group === 1 && (strides[0] > 1 || strides[1] > 1);
}

/** Every stride-th row and column, from the first. */
function every(emit: Emitter, x: string, strides: readonly [number, number], shape: readonly number[]): string {
  const ranges = [emit.ints([0, 0]), emit.ints([shape[2]!, shape[3]!]), emit.ints([2, 3]), emit.ints(strides)];
  return emit.one('Slice', [x, ...ranges]);
}

/**
 * Depthwise, and any groups at stride 1: a Conv with the kernel turned by 180 degrees. Depthwise at a larger stride: the
 * same on a cotangent spread with zeros. All others: ConvTranspose, which takes the forward weight unchanged.
 */
export const lowerConvInputGrad: LoweringRule<'ConvInputGrad'> = (emit, { inputs: [g, weight], attrs }) => {
  const shape = weight!.shape as Sizes;
  if (isDepthwise(shape, attrs))
    return [turnedInputGrad(emit, emit.name(g!), emit.name(weight!), g!.shape, shape, attrs)];
  if (attrs.group > 1 && attrs.strides[0] === 1 && attrs.strides[1] === 1) {
    const swapped = swappedWithinGroups(emit, emit.name(weight!), shape, attrs.group);
    return [turnedInputGrad(emit, emit.name(g!), swapped, g!.shape, shape, attrs)];
  }
  const geometry = { x: attrs.inputShape as unknown as Sizes, weight: shape, output: g!.shape as Sizes, attrs };
  if (isSmallMap(emit, geometry.output, shape, attrs)) {
    return [smallInputGrad(emit, emit.name(g!), emit.name(weight!), geometry)];
  }
  return [transposed(emit, emit.name(g!), emit.name(weight!), g!.shape as Sizes, shape, attrs)];
};

function isDepthwise(weight: Sizes, { group }: ConvAttrs): boolean {
  return group > 1 && weight[1] === 1 && weight[0] === group;
}

/** Rows and columns a full correlation of the cotangent covers: the input's, plus `pads`, less what no window read. */
function coverage(output: number, kernel: number, stride: number, dilation: number): number {
  return (output - 1) * stride + dilation * (kernel - 1) + 1;
}

/** ConvTranspose without pads, then cut to the input: providers disagree on asymmetric pads there. */
function transposed(
  emit: Emitter,
  g: string,
  weight: string,
  gShape: Sizes,
  weightShape: Sizes,
  attrs: ConvAttrs & { readonly inputShape: readonly number[] },
): string {
  const { strides, pads, dilations, group, inputShape } = attrs;
  const [top, left, bottom, right] = pads;
  const leftover = [0, 1].map((axis) => {
    const covered = coverage(gShape[axis + 2]!, weightShape[axis + 2]!, strides[axis]!, dilations[axis]!);
    return inputShape[axis + 2]! + pads[axis]! + pads[axis + 2]! - covered;
  });
  if (top === bottom && left === right) {
    return emit.one('ConvTranspose', [g, weight], { strides, pads, dilations, group, output_padding: leftover });
  }
  const full = emit.one('ConvTranspose', [g, weight], { strides, dilations, group, output_padding: leftover });
  const ends = [top + inputShape[2]!, left + inputShape[3]!];
  return emit.one('Slice', [full, emit.ints([top, left]), emit.ints(ends), emit.ints([2, 3])]);
}

/** Shapes: [K,C/group,kh,kw] -> [C,K/group,kh,kw]. */
function swappedWithinGroups(emit: Emitter, weight: string, [k, c, kh, kw]: Sizes, group: number): string {
  const parts = emit.one('Reshape', [weight, emit.ints([group, k / group, c, kh, kw])]);
  const swapped = emit.one('Transpose', [parts], { perm: [0, 2, 1, 3, 4] });
  return emit.one('Reshape', [swapped, emit.ints([group * c, k / group, kh, kw])]);
}

/** The weight comes as that of a convolution from the output's channels to the input's. */
function turnedInputGrad(
  emit: Emitter,
  g: string,
  weight: string,
  gShape: readonly number[],
  [, , kh, kw]: Sizes,
  attrs: ConvAttrs & { readonly inputShape: readonly number[] },
): string {
  const { strides, pads, dilations, group, inputShape } = attrs;
  const turned = emit.one('Slice', [
    weight,
    emit.ints([kh - 1, kw - 1]),
    emit.ints([-(2 ** 31), -(2 ** 31)]),
    emit.ints([2, 3]),
    emit.ints([-1, -1]),
  ]);
  const spread = strides[0] === 1 && strides[1] === 1 ? g : spreadWithZeros(emit, g, gShape as Sizes, strides);
  // Full correlation: each side gets the kernel's reach less the forward padding; a negative pad cuts.
  const reach = [dilations[0] * (kh - 1), dilations[1] * (kw - 1)] as const;
  const before = [reach[0] - pads[0], reach[1] - pads[1]] as const;
  const spreadSide = [0, 1].map((axis) => gShape[axis + 2]! * strides[axis]!);
  const after = [0, 1].map((axis) => inputShape[axis + 2]! - (spreadSide[axis]! + before[axis]! - reach[axis]!));
  const padded = emit.one('Pad', [spread, emit.ints([0, 0, before[0], before[1], 0, 0, after[0]!, after[1]!])]);
  const isPlain = before.every((pad) => pad >= 0) && after.every((pad) => pad >= 0);
  if (!isPlain) return emit.one('Conv', [padded, turned], { dilations, group });
  const convPads = [before[0], before[1], after[0]!, after[1]!];
  return emit.one('Conv', [spread, turned], { dilations, group, pads: convPads });
}

/**
 * Each row and column is followed by `stride - 1` of zeros, the last one too. Columns are spread by a product with a
 * constant matrix: padding single elements would copy them one by one.
 */
function spreadWithZeros(emit: Emitter, g: string, [n, c, h, w]: Sizes, strides: readonly [number, number]): string {
  const [down, across] = strides;
  const spread = Array.from({ length: w * w * across }, (_, at) => {
    const [from, to] = [Math.floor(at / (w * across)), at % (w * across)];
    return to === from * across ? 1 : 0;
  });
  const rows = emit.one('Reshape', [g, emit.ints([n * c * h, w])]);
  const wide = emit.one('Gemm', [rows, emit.constant(spread, [w, w * across], 'float32')]);
  const single = emit.one('Reshape', [wide, emit.ints([n * c * h, 1, w * across])]);
  const tall = emit.one('Pad', [single, emit.ints([0, 0, 0, 0, down - 1, 0])]);
  return emit.one('Reshape', [tall, emit.ints([n, c, h * down, w * across])]);
}

export const lowerConvWeightGrad: LoweringRule<'ConvWeightGrad'> = (emit, { inputs: [x, g], attrs }) => {
  const weight = attrs.weightShape as Sizes;
  const [xName, gName] = [emit.name(x!), emit.name(g!)];
  const [xShape, gShape] = [x!.shape as Sizes, g!.shape as Sizes];
  if (isDepthwise(weight, attrs)) return [depthwiseWeightGrad(emit, xName, gName, xShape, gShape, attrs)];
  if (isSmallMap(emit, gShape, weight, attrs)) {
    return [smallWeightGrad(emit, xName, gName, { x: xShape, weight, output: gShape, attrs })];
  }
  const dense = { ...attrs, group: 1 };
  if (attrs.group === 1) return [denseWeightGrad(emit, xName, gName, xShape, gShape, weight, dense)];
  const parts = splitGroups(emit, xName, gName, xShape, gShape, attrs.group).map(([xPart, gPart]) =>
    denseWeightGrad(
      emit,
      xPart,
      gPart,
      xShape.with(1, xShape[1] / attrs.group) as unknown as Sizes,
      gShape.with(1, gShape[1] / attrs.group) as unknown as Sizes,
      weight.with(0, weight[0] / attrs.group) as unknown as Sizes,
      dense,
    ),
  );
  return [emit.one('Concat', parts, { axis: 0 })];
};

function splitGroups(
  emit: Emitter,
  x: string,
  g: string,
  xShape: Sizes,
  gShape: Sizes,
  group: number,
): [string, string][] {
  const split = (name: string, channels: number) =>
    emit.node('Split', [name, emit.ints(new Array(group).fill(channels / group))], { axis: 1 }, group);
  const xParts = split(x, xShape[1]);
  const gParts = split(g, gShape[1]);
  return xParts.map((part, i) => [part, gParts[i]!]);
}

const LARGE_MAP = 28; // output rows from which one product per image beats one product over the batch

function denseWeightGrad(
  emit: Emitter,
  x: string,
  g: string,
  xShape: Sizes,
  gShape: Sizes,
  weight: Sizes,
  attrs: ConvAttrs,
): string {
  if (isPointwise(weight, attrs)) return pointwiseWeightGrad(emit, x, g, xShape, gShape, weight, attrs);
  return dilatedWeightGrad(emit, x, g, xShape, gShape, weight, attrs);
}

/** dW = sum over images of g [K,P] x taken^T [P,C]. */
function pointwiseWeightGrad(
  emit: Emitter,
  x: string,
  g: string,
  xShape: Sizes,
  [n, k, ho, wo]: Sizes,
  weight: Sizes,
  { strides }: ConvAttrs,
): string {
  const c = weight[1];
  const isStrided = strides[0] > 1 || strides[1] > 1;
  const taken = isStrided ? every(emit, x, strides, xShape) : x;
  if (ho >= LARGE_MAP) {
    const xRows = emit.one('Transpose', [emit.one('Reshape', [taken, emit.ints([n, c, ho * wo])])], {
      perm: [0, 2, 1],
    });
    const gRows = emit.one('Reshape', [g, emit.ints([n, k, ho * wo])]);
    const perImage = emit.one('MatMul', [gRows, xRows]);
    return emit.one('Reshape', [emit.one('ReduceSum', [perImage, emit.ints([0])], { keepdims: 0 }), emit.ints(weight)]);
  }
  const flat = (name: string, channels: number) => {
    const channelsFirst = emit.one('Transpose', [name], { perm: [1, 0, 2, 3] });
    return emit.one('Reshape', [channelsFirst, emit.ints([channels, n * ho * wo])]);
  };
  const product = emit.one('Gemm', [flat(g, k), flat(taken, c)], { transB: 1 });
  return emit.one('Reshape', [product, emit.ints(weight)]);
}

/** See the head of the file. Rows and columns that no window reads are cut off first. */
function dilatedWeightGrad(
  emit: Emitter,
  x: string,
  g: string,
  [n, c, h, w]: Sizes,
  [, k, ho, wo]: Sizes,
  [, , kh, kw]: Sizes,
  { strides, pads, dilations }: ConvAttrs,
): string {
  const read = [coverage(ho, kh, strides[0], dilations[0]), coverage(wo, kw, strides[1], dilations[1])] as const;
  const end = [read[0] - h - pads[0], read[1] - w - pads[1]] as const;
  const cut = [Math.min(0, end[0]), Math.min(0, end[1])] as const;
  const kept: Pads = [pads[0], pads[1] * c, Math.max(0, end[0]), Math.max(0, end[1]) * c];
  const columns = w + cut[1];

  const inner = cut[0] < 0 || cut[1] < 0 ? cropped(emit, x, h + cut[0], columns) : x;
  const rows = emit.one('Transpose', [inner], { perm: [0, 2, 3, 1] });
  const map = emit.one('Reshape', [rows, emit.ints([1, n, h + cut[0], columns * c])]);
  const filter = emit.one('Transpose', [g], { perm: [1, 0, 2, 3] });
  const result = emit.one('Conv', [map, filter], {
    strides: [dilations[0], 1],
    dilations: [strides[0], strides[1] * c],
    pads: kept,
  });
  // Columns come out without gaps: of a dilated kernel's, every dilation-th is one of its own.
  const spanned = dilations[1] * (kw - 1) + 1;
  const taps = emit.one('Reshape', [result, emit.ints([k, kh, spanned, c])]);
  const step = [emit.ints([0]), emit.ints([spanned]), emit.ints([2]), emit.ints([dilations[1]])];
  const own = dilations[1] === 1 ? taps : emit.one('Slice', [taps, ...step]);
  return emit.one('Transpose', [own], { perm: [0, 3, 1, 2] });
}

function cropped(emit: Emitter, x: string, height: number, width: number): string {
  return emit.one('Slice', [x, emit.ints([0, 0]), emit.ints([height, width]), emit.ints([2, 3])]);
}

/**
 * One grouped Conv over all images and channels at once: each plane of X is a map, its plane of g the filter.
 * Shapes: x [1,N*C,H,W], g [N*K,1,Ho,Wo] with K = C -> [1,N*K,kh,kw], summed over N.
 */
function depthwiseWeightGrad(
  emit: Emitter,
  x: string,
  g: string,
  [n, c, h, w]: Sizes,
  [, k, ho, wo]: Sizes,
  attrs: ConvAttrs & { readonly weightShape: readonly number[] },
): string {
  const [, , kh, kw] = attrs.weightShape as unknown as Sizes;
  const { strides, pads, dilations } = attrs;
  assert(k === c, `depthwise weight gradient: ${k} filters on ${c} channels`);
  const end = [
    coverage(ho, kh, strides[0], dilations[0]) - h - pads[0],
    coverage(wo, kw, strides[1], dilations[1]) - w - pads[1],
  ] as const;
  const side = [h + Math.min(0, end[0]), w + Math.min(0, end[1])] as const;
  const inner = side[0] < h || side[1] < w ? cropped(emit, x, side[0], side[1]) : x;
  const planes = emit.one('Reshape', [inner, emit.ints([1, n * c, side[0], side[1]])]);
  const filters = emit.one('Reshape', [g, emit.ints([n * c, 1, ho, wo])]);
  const taps = emit.one('Conv', [planes, filters], {
    strides: dilations,
    dilations: strides,
    pads: [pads[0], pads[1], Math.max(0, end[0]), Math.max(0, end[1])],
    group: n * c,
  });
  const perImage = emit.one('Reshape', [taps, emit.ints([n, c, 1, kh, kw])]);
  return emit.one('ReduceSum', [perImage, emit.ints([0])], { keepdims: 0 });
}
