/**
 * Weight gradients of convolutions over blocked maps, one form per kind and size; see `weightGradForm`.
 *
 *   depthwise  one grouped convolution: every plane of X is a map, its plane of g the filter; then a sum over images
 *   per-image  1x1 on large maps: one product per image over its pixels, then a sum over images
 *   rows       rows and images together are the channels that a blocked convolution sums over, one for each row of the
 *              kernel: X as [1, (h,n), w, c], g as filters [K, (h,n), wo, 1]
 *   dilated    the standard backend's: one dilated convolution with the batch as channels
 */

import type { ConvAttrs } from '../core/primitives.ts';
import type { Tensor } from '../core/tensor.ts';
import { convForm, filterLayout } from './blocked-arrange.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { packedShape, roundUp } from './layout.ts';
import { inLayout, NCHWC, pixelsOf, reshaped, toBlocked, toPlain } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

interface Task {
  readonly emit: Emitter;
  readonly x: Tensor;
  readonly g: Tensor;
  readonly weight: Sizes;
  readonly attrs: ConvAttrs;
  readonly block: number;
}

export function blockedConvWeightGrad(
  otherwise: LoweringRule<'ConvWeightGrad'>,
  block: number,
): LoweringRule<'ConvWeightGrad'> {
  return (emit, op) => {
    const [x, g] = op.inputs as readonly [Tensor, Tensor];
    const weight = op.attrs.weightShape as Sizes;
    const form = convForm(x.shape, weight, g.shape, op.attrs, block);
    if (form === null || form === 'stem') return otherwise(emit, op);
    const task: Task = { emit, x, g, weight, attrs: op.attrs, block };
    const layout = filterLayout(form);
    if (form === 'depthwise') return [inLayout(layout, depthwise(task))];
    switch (weightGradForm(task)) {
      case 'per-image':
        return [inLayout(layout, perImage(task))];
      case 'rows':
        return [inLayout(layout, byRows(task))];
      case 'dilated':
        return otherwise(emit, op);
    }
  };
}

const LARGE_PIXELS = 784; // 28 x 28: from here one product per image wins for a 1x1 kernel
const LARGE_ROWS = 28; // above, the dilated form wins for larger kernels

/** Measured per form at 2 to 64 images, 16 to 1024 channels, 7 to 112 rows; see docs/benchmarks.md. */
function weightGradForm({ x, g, weight, attrs, block }: Task): 'per-image' | 'rows' | 'dilated' {
  const [, , ho, wo] = g.shape as Sizes;
  const isPointwise = weight[2] === 1 && weight[3] === 1 && attrs.pads.every((pad) => pad === 0);
  if (isPointwise && ho * wo >= LARGE_PIXELS) return 'per-image';
  const isWhole = x.shape[0]! % block === 0 && attrs.dilations.every((dilation) => dilation === 1);
  if (isWhole && ho <= LARGE_ROWS) return 'rows';
  return isPointwise ? 'per-image' : 'dilated';
}

/** Rows and columns that windows read, beyond the map's last (negative: some are never read). */
function overhang({ x, g, weight, attrs }: Task): [down: number, across: number] {
  const { strides, dilations, pads } = attrs;
  const read = [0, 1].map(
    (axis) => (g.shape[axis + 2]! - 1) * strides[axis]! + dilations[axis]! * (weight[axis + 2]! - 1) + 1,
  );
  return [read[0]! - x.shape[2]! - pads[0], read[1]! - x.shape[3]! - pads[1]];
}

function depthwise(task: Task): string {
  const { emit, x, g, weight, attrs, block } = task;
  const packed = packedShape(x.shape, 'blocked', block) as Sizes;
  const end = overhang(task);
  const to = [packed[2] + Math.min(0, end[0]), packed[3] + Math.min(0, end[1])] as const;
  const inner = pixelsOf(emit, emit.in(x, 'blocked'), packed, { to }, block);
  const [n, c, h, w] = inner.shape;
  const [ho, wo] = [g.shape[2]!, g.shape[3]!];
  const taps = emit.one(
    `${NCHWC}Conv`,
    [reshaped(emit, inner.name, [1, n * c, h, w]), reshaped(emit, emit.in(g, 'blocked'), [n * c, 1, ho, wo])],
    {
      kernel_shape: [ho, wo],
      strides: attrs.dilations,
      dilations: attrs.strides,
      pads: [attrs.pads[0], attrs.pads[1], Math.max(0, end[0]), Math.max(0, end[1])],
      group: n * c,
    },
  );
  const byImage = reshaped(emit, taps, [n, c * weight[2] * weight[3]]);
  const sum = emit.one('ReduceSum', [byImage, emit.ints([0])], { keepdims: 0 });
  return reshaped(emit, sum, [c, 1, weight[2], weight[3]]);
}

/** The larger side of the product is its rows: with few columns the kernel of the other order starves. */
function perImage(task: Task): string {
  const { emit, x, g, weight, attrs, block } = task;
  const packed = packedShape(x.shape, 'blocked', block) as Sizes;
  const [n, c, h, w] = packed;
  const [, k, ho, wo] = packedShape(g.shape, 'blocked', block) as Sizes;
  const pixels = ho * wo;
  const taken = pixelsOf(emit, emit.in(x, 'blocked'), packed, { to: [h, w], steps: attrs.strides }, block).name;
  const cotangent = emit.in(g, 'blocked');
  const plain = (name: string, channels: number) =>
    reshaped(emit, toPlain(emit, name, channels), [n, channels, pixels]);
  const last = (name: string, channels: number) =>
    reshaped(emit, toPlain(emit, name, channels, true), [n, pixels, channels]);
  const summed = (a: string, b: string) =>
    emit.one('ReduceSum', [emit.one('MatMul', [a, b]), emit.ints([0])], { keepdims: 0 });
  const shape = [k, c, weight[2], weight[3]];
  if (c >= k) {
    const product = summed(plain(taken, c), last(cotangent, k));
    const tiles = emit.one('Transpose', [reshaped(emit, product, [c, k / block, block])], { perm: [1, 0, 2] });
    return reshaped(emit, tiles, shape);
  }
  const product = summed(plain(cotangent, k), last(taken, c));
  return reshaped(emit, toBlocked(emit, reshaped(emit, product, [k / block, block, c, 1]), block), shape);
}

function byRows(task: Task): string {
  const { emit, x, g, weight, attrs, block } = task;
  const [, , kh, kw] = weight;
  const [n, c, h, w] = packedShape(x.shape, 'blocked', block) as Sizes;
  const [, k, ho, wo] = packedShape(g.shape, 'blocked', block) as Sizes;
  const [, across] = overhang(task);
  const width = w + Math.min(0, across);

  const images = reshaped(emit, toPlain(emit, emit.in(x, 'blocked'), c, true), [n, h, w * c]);
  const byRow = emit.one('Transpose', [images], { perm: [1, 0, 2] });
  const rows = toBlocked(emit, reshaped(emit, byRow, [1, h * n, w, c]), h * n);
  const split = reshaped(emit, emit.in(g, 'blocked'), [n / block, block, k / block, ho, wo, block]);
  const filter = reshaped(emit, emit.one('Transpose', [split], { perm: [2, 3, 0, 4, 1, 5] }), [k, ho * n, wo, 1]);

  const parts = Array.from({ length: kh }, (_, tap) => {
    const taken = rowsFor(task, reshaped(emit, rows, [h, (n / block) * w, c * block]), tap);
    const kept = width === w ? taken : columnsCut(emit, taken, [ho * (n / block), w, width, c * block]);
    return emit.one(`${NCHWC}Conv`, [reshaped(emit, kept, [1, ho * n, width, c]), filter], {
      kernel_shape: [wo, 1],
      strides: [1, 1],
      dilations: [attrs.strides[1], 1],
      pads: [attrs.pads[1], 0, Math.max(0, across), 0],
      group: 1,
    });
  });
  const joined = parts.length === 1 ? parts[0]! : emit.one('Concat', parts, { axis: 0 });
  const tiles = reshaped(emit, joined, [kh, k / block, kw, c / block, block * block]);
  return reshaped(emit, emit.one('Transpose', [tiles], { perm: [1, 3, 0, 2, 4] }), [k, c, kh, kw]);
}

function columnsCut(emit: Emitter, name: string, [rows, w, kept, chunk]: Sizes): string {
  const view = reshaped(emit, name, [rows, w, chunk]);
  return emit.one('Slice', [view, emit.ints([0]), emit.ints([kept]), emit.ints([1])]);
}

/** The input row that each output row reads through one row of the kernel; zeros where there is none. */
function rowsFor({ emit, x, g, attrs, block }: Task, rows: string, tap: number): string {
  const h = x.shape[2]!;
  const read = Array.from({ length: g.shape[2]! }, (_, row) => row * attrs.strides[0] + tap - attrs.pads[0]);
  const inside = read.filter((row) => row >= 0 && row < h);
  if (inside.length === 0) {
    const [n, c, , w] = [x.shape[0]!, roundUp(x.shape[1]!, block), h, x.shape[3]!];
    const shape = [read.length, (n / block) * w, c * block];
    return emit.one('Expand', [emit.constant([0], [1, 1, 1], 'float32'), emit.ints(shape)]);
  }
  const before = read.filter((row) => row < 0).length;
  const after = read.length - before - inside.length;
  const isAll = inside.length === h && attrs.strides[0] === 1;
  const step = [emit.ints([inside[0] ?? 0]), emit.ints([(inside.at(-1) ?? -1) + 1]), emit.ints([0])];
  const taken = isAll ? rows : emit.one('Slice', [rows, ...step, emit.ints([attrs.strides[0]])]);
  return before + after === 0 ? taken : emit.one('Pad', [taken, emit.ints([before, 0, 0, after, 0, 0])]);
}
