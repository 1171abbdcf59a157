/**
 * What goes from step to step, by name. The many small vectors of a network (scales and biases) travel as one flat
 * tensor, so that an update costs a few operations and not a few hundred; outside the graph each keeps its own name.
 */

import { assert } from '../core/assert.ts';
import { type Shape, sizeOf } from '../core/shape.ts';

export interface NamedShape {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * `weight` and `statistic` are the model; `average` is a smoothed copy of it; `optimizer` is what an optimizer keeps;
 * `gradient` is what has been added up since the last update, and means nothing after it.
 */
export type StateRole = 'weight' | 'statistic' | 'average' | 'optimizer' | 'gradient';

/** A tensor that a program takes in under `name` and, where it changes it, hands out under `next:name`. */
export interface StateTensor extends NamedShape {
  readonly role: StateRole;
  /** A flat tensor's parts, one after the other; null for a tensor that stands for itself. */
  readonly parts: readonly NamedShape[] | null;
}

export const NEXT = 'next:';
export const AVERAGE = 'average:';
export const GRADIENT = 'gradient:';

/** Prefix of a tensor that belongs to a parameter, such as `velocity:`; empty for the parameter itself. */
export const prefixOf = (name: string): string => name.slice(0, name.indexOf(':') + 1);

/** The tensors a state tensor stands for, with their own names. */
export function plainTensors({ name, shape, parts }: StateTensor): readonly NamedShape[] {
  return parts ?? [{ name, shape }];
}

/**
 * The value of a state tensor before the first step: given, or zero for what an optimizer keeps, or the parameter's own
 * for an average.
 * Errors: a bug is raised when a weight or a statistic has no value.
 */
export function startingValue(tensor: StateTensor, values: ReadonlyMap<string, Float32Array>): Float32Array {
  const flat = new Float32Array(sizeOf(tensor.shape));
  let offset = 0;
  for (const { name, shape } of plainTensors(tensor)) {
    const isModel = tensor.role === 'weight' || tensor.role === 'statistic';
    const fallback = tensor.role === 'average' ? values.get(name.slice(AVERAGE.length)) : undefined;
    const value = values.get(name) ?? fallback;
    assert(value !== undefined || !isModel, `training: no value for "${name}"`);
    assert(value === undefined || value.length === sizeOf(shape), `training: "${name}" has ${value?.length} values`);
    if (value !== undefined) flat.set(value, offset);
    offset += sizeOf(shape);
  }
  return flat;
}

/** A state tensor's value as those of its parts: views, not copies. */
export function plainValues(
  tensor: StateTensor,
  value: Float32Array,
): [name: string, value: { readonly shape: Shape; readonly data: Float32Array }][] {
  let offset = 0;
  return plainTensors(tensor).map(({ name, shape }) => {
    const start = offset;
    offset += sizeOf(shape);
    return [name, { shape, data: value.subarray(start, offset) }];
  });
}
