/** How a model's trained parameters are cut into pieces for the update: large ones alone, small vectors joined. */

import { type Shape, sizeOf } from '../core/shape.ts';
import type { Parameter } from '../nn/module.ts';
import type { NamedShape } from './state.ts';

/** One piece: a parameter, or the flat tensor of several. */
export interface Unit extends NamedShape {
  readonly parts: readonly NamedShape[] | null;
  readonly isDecayed: boolean;
}

/** Elements up to which a vector costs less to copy than to be a tensor of its own. */
const LARGEST_JOINED = 4096;

/**
 * Pieces in the order in which their updates are best written: the joined vectors, whose gradients come from every layer,
 * then the rest from the first layer to the last. Frozen parameters and statistics are in none.
 */
export function unitsOf(
  parameters: ReadonlyMap<string, Parameter>,
  isFrozen: (name: string) => boolean,
  decays: (name: string, shape: Shape) => boolean = () => true,
): Unit[] {
  const trained = [...parameters]
    .filter(([name, { role }]) => role === 'weight' && !isFrozen(name))
    .map(([name, { shape }]) => ({ name, shape, parts: null, isDecayed: decays(name, shape) }));
  const isSmall = ({ shape }: NamedShape) => shape.length === 1 && sizeOf(shape) <= LARGEST_JOINED;
  const joined = [true, false].flatMap((isDecayed) => {
    const parts = trained.filter((unit) => isSmall(unit) && unit.isDecayed === isDecayed);
    return parts.length > 1 ? [join(parts, isDecayed)] : [];
  });
  const isJoined = new Set(joined.flatMap(({ parts }) => parts!.map(({ name }) => name)));
  return [...joined, ...trained.filter(({ name }) => !isJoined.has(name))];
}

function join(parts: readonly NamedShape[], isDecayed: boolean): Unit {
  const size = parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const name = isDecayed ? 'vectors' : 'vectors.undecayed';
  return { name, shape: [size], parts: parts.map(({ name: part, shape }) => ({ name: part, shape })), isDecayed };
}
