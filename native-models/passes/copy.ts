/** A program that hands out what it is given: the way to move tensors from one place to another. */

import { Graph } from '../core/graph.ts';
import type { Program } from '../core/program.ts';
import type { Shape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { shapeRules } from '../rules/shape.ts';

/** Inputs: every name, float32. Outputs: `copy:` and the name. */
export function copyProgram(tensors: readonly { readonly name: string; readonly shape: Shape }[]): Program {
  const graph = new Graph(shapeRules);
  const outputs = new Map<string, Tensor>();
  for (const { name, shape } of tensors) outputs.set(COPY + name, graph.input(name, 'float32', shape));
  return { inputs: graph.inputs, ops: [], outputs };
}

export const COPY = 'copy:';
