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
  const own = emit.one('Mul', [reshaped(emit, name, byGroup(shape, merging, 1)), ownChannels(emit, merging)]);
  const wide = wideOf(shape, merging);
  return convertFilter(emit, reshaped(emit, own, wide), wide, 'plain', 'filter', merging.block);
}

/** The gradient of `merge`. Shapes: filters [K,count*C,kh,kw] -> plain [K,C,kh,kw]. */
export function unmerge(emit: Emitter, name: string, shape: Sizes, merging: Merging): string {
  const plain = convertFilter(emit, name, wideOf(shape, merging), 'filter', 'plain', merging.block);
  const byBoth = reshaped(emit, plain, byGroup(shape, merging, merging.count));
  const own = emit.one('Mul', [byBoth, ownChannels(emit, merging)]);
  return reshaped(emit, emit.one('ReduceSum', [own, emit.ints([3])], { keepdims: 0 }), shape);
}

const wideOf = ([filters, perFilter, height, width]: Sizes, { count }: Merging): Sizes => [
  filters,
  perFilter * count,
  height,
  width,
];

/** Filters by merged group, by group within it, and by filter; what each reads by group again, `read` of them. */
function byGroup([filters, perFilter, height, width]: Sizes, { groups, count }: Merging, read: number): Shape {
  return [groups / count, count, filters / groups, read, perFilter * height * width];
}

/** One where a group of filters meets its own channels. Shapes: -> [1,count,1,count,1]. */
function ownChannels(emit: Emitter, { count }: Merging): string {
  const isOwn = Array.from({ length: count * count }, (_, i) => Number(Math.floor(i / count) === i % count));
  return emit.constant(isOwn, [1, count, 1, count, 1], 'float32');
}
