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

export interface UnitOptions {
  readonly isFrozen: (name: string) => boolean;
  /** Which parameters the weight decay is for; without it, all. */
  readonly decays?: (name: string, shape: Shape) => boolean;
  /**
   * Joins vectors between one matrix and the next alone. The gradients of linear layers' vectors are sums over all that flows
   * back, which a processor has in its cache, and in memory, until the last of a piece has been made.
   */
  readonly cutAtMatrices?: boolean;
}

/**
 * Pieces in the order in which their updates are best written: joined vectors before the parameters among which they stand,
 * the first ones before all others, and else from the first layer to the last. Frozen parameters and statistics are in none.
 */
export function unitsOf(
  parameters: ReadonlyMap<string, Parameter>,
  { isFrozen, decays = () => true, cutAtMatrices = false }: UnitOptions,
): Unit[] {
  const trained = [...parameters]
    .filter(([name, { role }]) => role === 'weight' && !isFrozen(name))
    .map(([name, { shape }]) => ({ name, shape, parts: null, isDecayed: decays(name, shape) }));
  const groups = [true, false].flatMap((isDecayed) => groupsOf(trained, isDecayed, cutAtMatrices));
  const first = groups.flatMap(({ joined, number }) => (number === 0 ? [joined] : []));
  const later = new Map(groups.filter(({ number }) => number > 0).map(({ parts, joined }) => [parts[0]!, joined]));
  const isJoined = new Set<NamedShape>(groups.flatMap(({ parts }) => parts));
  const others = trained.flatMap((unit) => {
    const group = later.get(unit);
    if (group !== undefined) return [group];
    return isJoined.has(unit) ? [] : [unit];
  });
  return [...first, ...others];
}

interface Group {
  readonly number: number;
  readonly parts: readonly NamedShape[];
  readonly joined: Unit;
}

/** Small vectors that are joined with one another, in the order of the layers. */
function groupsOf(trained: readonly Unit[], isDecayed: boolean, cutAtMatrices: boolean): Group[] {
  const groups: NamedShape[][] = [[]];
  for (const unit of trained) {
    const { length: rank } = unit.shape;
    if (rank === 2 && cutAtMatrices) groups.push([]);
    if (rank === 1 && sizeOf(unit.shape) <= LARGEST_JOINED && unit.isDecayed === isDecayed) groups.at(-1)!.push(unit);
  }
  return groups
    .filter((parts) => parts.length > 1)
    .map((parts, number) => ({ number, parts, joined: join(parts, isDecayed, number) }));
}

function join(parts: readonly NamedShape[], isDecayed: boolean, number: number): Unit {
  const size = parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const name = `vectors${isDecayed ? '' : '.undecayed'}${number === 0 ? '' : `.${number}`}`;
  return { name, shape: [size], parts: parts.map(({ name: part, shape }) => ({ name: part, shape })), isDecayed };
}
