/** Running statistics: what each batch says of them, blended into what was known. */

import type { Graph } from '../core/graph.ts';
import type { Tensor } from '../core/tensor.ts';
import type { NamedShape } from './state.ts';

/** (1 - momentum) * statistic + momentum * batch. */
export interface Blend {
  readonly name: string;
  readonly statistic: Tensor;
  readonly batch: Tensor;
  readonly momentum: number;
}

/** The value of a statistic, or of several as a flat one, after the step. */
export interface Blended extends NamedShape {
  readonly value: Tensor;
  readonly parts: readonly NamedShape[] | null;
}

/**
 * New values of all statistics. Those that are blended once and read nowhere else come and go as one flat tensor per
 * momentum; a statistic of a layer that is called several times takes in each batch in turn.
 */
export function blended(graph: Graph, blends: readonly Blend[]): Blended[] {
  const read = new Set(graph.ops.flatMap((op) => op.inputs));
  const times = (name: string) => blends.filter((blend) => blend.name === name).length;
  const isFree = ({ name, statistic }: Blend) => times(name) === 1 && !read.has(statistic);
  const free = blends.filter(isFree);
  const momenta = [...new Set(free.map(({ momentum }) => momentum))];
  const joined = momenta.map((momentum, i) =>
    join(
      graph,
      i === 0 ? 'statistics' : `statistics.${i}`,
      free.filter((blend) => blend.momentum === momentum),
    ),
  );
  return [...joined, ...inTurn(blends.filter((blend) => !isFree(blend)))];
}

const blend = (statistic: Tensor, batch: Tensor, momentum: number): Tensor =>
  statistic.scaleAdd(1 - momentum, batch.mul(momentum));

function join(graph: Graph, name: string, blends: readonly Blend[]): Blended {
  const parts = blends.map(({ name: part, statistic }) => ({ name: part, shape: statistic.shape }));
  const [first, ...others] = blends.map(({ batch }) => batch);
  const batch = others.length === 0 ? first! : first!.concat(others, 0);
  const value = blend(graph.input(name, 'float32', batch.shape), batch, blends[0]!.momentum);
  return { name, shape: batch.shape, value, parts };
}

function inTurn(blends: readonly Blend[]): Blended[] {
  const values = new Map<string, Tensor>();
  for (const { name, statistic, batch, momentum } of blends) {
    values.set(name, blend(values.get(name) ?? statistic, batch, momentum));
  }
  return [...values].map(([name, value]) => ({ name, shape: value.shape, value, parts: null }));
}
