/**
 * Weight gradients of convolutions over blocked maps, one form per kind and size.
 *
 *   depthwise  one grouped convolution: every plane of X is a map, its plane of g the filter; then a sum over images
 *   by pixels  1x1: `onnx-blocked-conv-products.ts`
 *   by planes  all others: `onnx-blocked-conv-planes.ts`
 *
 * Dilated kernels have the standard backend's form: one dilated convolution with the batch as channels.
 */

import type { Tensor } from '../core/tensor.ts';
import { convForm, filterLayout, mergedGroups } from './blocked-arrange.ts';
import type { LoweringRule } from './emitter.ts';
import { packedShape } from './layout.ts';
import { unmerge } from './onnx-blocked-conv-groups.ts';
import { byPlanes, overhang, stemByPlanes, suitsPlanes, type WeightGradTask } from './onnx-blocked-conv-planes.ts';
import { byPixels, suitsPixels } from './onnx-blocked-conv-products.ts';
import { inLayout, NCHWC, pixelsOf, reshaped } from './onnx-blocked-convert.ts';
import { weightGradOfProduct } from './onnx-blocked-normed-product.ts';
import { isPointwise } from './onnx-standard-conv.ts';

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
    const { ofProduct } = emit.value(g);
    if (ofProduct?.conv.inputs[0] === x) return [inLayout(layout, weightGradOfProduct(emit, ofProduct, block))];
    const groups = op.attrs.group;
    const count = form === 'merged' ? mergedGroups(weight, groups, block)! : 1;
    const task: WeightGradTask = { emit, x, g, weight, attrs: op.attrs, group: groups / count, block };
    if (form === 'depthwise') return [inLayout(layout, depthwise(task))];
    if (op.attrs.dilations.some((dilation) => dilation !== 1)) return otherwise(emit, op);
    if (!suitsPlanes(task)) return otherwise(emit, op);
    switch (form) {
      case 'stem':
        return [inLayout(layout, stemByPlanes(task))];
      case 'merged':
        return [unmerge(emit, byPlanes(task), weight, { groups, count, block })];
      default:
        return [inLayout(layout, isProduct(task) ? byPixels(task) : byPlanes(task))];
    }
  };
}

const isProduct = (task: WeightGradTask): boolean =>
  task.group === 1 && isPointwise(task.weight, task.attrs) && suitsPixels(task);

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
