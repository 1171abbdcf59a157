/**
 * Filters of a blocked convolution in groups. Groups narrower than a block are merged: the runtime is told of fewer, wider
 * ones, whose filters hold zeros where a channel belongs to another of the merged groups.
 */

import type { Shape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { type ConvForm, filterLayout, mergedGroups } from './blocked-arrange.ts';
import type { Emitter } from './emitter.ts';
import { roundUp } from './layout.ts';
import { convertFilter, reshaped } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

export interface BlockedFilters {
  readonly name: string;
  /** Groups that the runtime is told of. */
  readonly group: number;
  /** Channels that a filter reads, filled up. */
  readonly perFilter: number;
}

/** A convolution's filters as its blocked form reads them. */
export function blockedFilters(
  emit: Emitter,
  weight: Tensor,
  groups: number,
  form: ConvForm,
  block: number,
): BlockedFilters {
  const [filters, perFilter] = weight.shape as Sizes;
  const name = emit.in(weight, filterLayout(form));
  switch (form) {
    case 'depthwise':
      return { name, group: roundUp(filters, block), perFilter: 1 };
    case 'merged': {
      const count = mergedGroups(weight.shape, groups, block)!;
      const merged = merge(emit, name, weight.shape as Sizes, { groups, count, block });
      return { name: merged, group: groups / count, perFilter: perFilter * count };
    }
    default:
      return { name, group: groups, perFilter: roundUp(perFilter, block) };
  }
}

interface Merging {
  readonly groups: number;
  /** Groups that become one. */
  readonly count: number;
  readonly block: number;
}

/** Shapes: plain [K,C,kh,kw] -> filters [K,count*C,kh,kw]. */
function merge(emit: Emitter, name: string, shape: Sizes, merging: Merging): string {
  const [filters, perFilter, height, width] = shape;
  const wide = [filters, perFilter * merging.count, height, width] as const;
  const beside = emit.one('Concat', Array<string>(merging.count).fill(name), { axis: 1 });
  const own = emit.one('Mul', [beside, ownChannels(emit, shape, merging)]);
  return convertFilter(emit, own, wide, 'plain', 'filter', merging.block);
}

/** The gradient of `merge`. Shapes: filters [K,count*C,kh,kw] -> plain [K,C,kh,kw]. */
export function unmerge(emit: Emitter, name: string, shape: Sizes, merging: Merging): string {
  const [filters, perFilter, height, width] = shape;
  const wide = [filters, perFilter * merging.count, height, width] as const;
  const plain = convertFilter(emit, name, wide, 'filter', 'plain', merging.block);
  const own = emit.one('Mul', [plain, ownChannels(emit, shape, merging)]);
  const byGroup = reshaped(emit, own, [filters, merging.count, perFilter, height * width]);
  return reshaped(emit, emit.one('ReduceSum', [byGroup, emit.ints([1])], { keepdims: 0 }), shape);
}

/** One where a merged filter meets a channel of its own group. Shapes: -> [K,count*C,1,1]. */
function ownChannels(emit: Emitter, [filters, perFilter]: Sizes, { groups, count }: Merging): string {
  const wide = perFilter * count;
  const isOwn = (filter: number, channel: number) =>
    Math.floor(filter / (filters / groups)) % count === Math.floor(channel / perFilter);
  const mask = Array.from({ length: filters * wide }, (_, i) => Number(isOwn(Math.floor(i / wide), i % wide)));
  return emit.constant(mask, [filters, wide, 1, 1] satisfies Shape, 'float32');
}
