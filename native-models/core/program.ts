import type { Op, Tensor } from './tensor.ts';

/** The part of a graph that computes the named outputs: what passes work on and what is lowered. */
export interface Program {
  readonly inputs: readonly Tensor[];
  readonly ops: readonly Op[];
  readonly outputs: ReadonlyMap<string, Tensor>;
}
