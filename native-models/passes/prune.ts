/** Keeps what the named outputs need: dead code goes, in particular gradients nobody asked for. */

import type { Program } from '../core/program.ts';
import type { Op, Tensor } from '../core/tensor.ts';

/** Inputs that no output needs go as well; `keepInputs` names those that must stay part of the interface. */
export function prune(outputs: ReadonlyMap<string, Tensor>, keepInputs: readonly Tensor[] = []): Program {
  const [first] = outputs.values();
  if (first === undefined) return { inputs: [], ops: [], outputs };
  const needed = new Set<Tensor>([...outputs.values(), ...keepInputs]);
  const ops: Op[] = [];
  for (const op of first.graph.ops.toReversed()) {
    if (!op.outputs.some((output) => needed.has(output))) continue;
    for (const input of op.inputs) needed.add(input);
    ops.push(op);
  }
  return { inputs: first.graph.inputs.filter((input) => needed.has(input)), ops: ops.reverse(), outputs };
}
