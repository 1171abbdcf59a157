/**
 * Weight gradients of convolutions over blocked maps, one form per kind and size; see `weight-grad-forms.ts`.
 *
 *   depthwise  one grouped convolution: every plane of X is a map, its plane of g the filter; then a sum over images
 *   per-image  1x1 on large maps: one product per image over its pixels, then a sum over images
 *   rows       rows and images together are the channels that a blocked convolution sums over: `onnx-blocked-conv-images.ts`
 *              where images fill whole blocks, else `onnx-blocked-conv-rows.ts`
 *   dilated    the standard backend's: one dilated convolution with the batch as channels
 */

import type { Tensor } from '../core/tensor.ts';
import { convForm, filterLayout, mergedGroups } from './blocked-arrange.ts';
import type { LoweringRule } from './emitter.ts';
import { packedShape } from './layout.ts';
import { unmerge } from './onnx-blocked-conv-groups.ts';
import { byImages, stemByImages } from './onnx-blocked-conv-images.ts';
import { byRows, overhang, type WeightGradTask } from './onnx-blocked-conv-rows.ts';
import { inLayout, NCHWC, pixelsOf, reshaped, toBlocked, toPlain } from './onnx-blocked-convert.ts';
import { weightGradForm } from './weight-grad-forms.ts';

type Sizes = readonly [number, number, number, number];

export function blockedConvWeightGrad(
  otherwise: LoweringRule<'ConvWeightGrad'>,
  block: number,
): LoweringRule<'ConvWeightGrad'> {
  return (emit, op) => {
    const [x, g] = op.inputs as readonly [Tensor, Tensor];
    const weight = op.attrs.weightShape as Sizes;
    const form = convForm(x.shape, weight, g.shape, op.attrs, block);
    if (form === null) return otherwise(emit, op);
    const layout = filterLayout(form);
    const groups = op.attrs.group;
    const count = form === 'merged' ? mergedGroups(weight, groups, block)! : 1;
    const task: WeightGradTask = { emit, x, g, weight, attrs: op.attrs, group: groups / count, block };
    if (form === 'depthwise') return [inLayout(layout, depthwise(task))];
    if (form === 'stem') return suitsImages(task) ? [inLayout(layout, stemByImages(task))] : otherwise(emit, op);
    switch (weightGradForm({ x: x.shape as Sizes, g: g.shape as Sizes, weight, attrs: op.attrs }, block)) {
      case 'per-image':
        return [inLayout(layout, perImage(task))];
      case 'rows':
        if (form === 'merged') return [unmerge(emit, summedOverRows(task), weight, { groups, count, block })];
        return [inLayout(layout, summedOverRows(task))];
      case 'dilated':
        return otherwise(emit, op);
    }
  };
}

const suitsImages = ({ x, attrs, block }: WeightGradTask): boolean =>
  x.shape[0]! % block === 0 && attrs.dilations.every((dilation) => dilation === 1);

const summedOverRows = (task: WeightGradTask): string =>
  task.x.shape[0]! % task.block === 0 ? byImages(task) : byRows(task);

function depthwise(task: WeightGradTask): string {
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
function perImage(task: WeightGradTask): string {
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
