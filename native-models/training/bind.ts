/** A graph of its own for a model, with a tensor for every parameter. */

import { Graph } from '../core/graph.ts';
import { type BindingOptions, ModelBinding } from '../nn/binding.ts';
import type { Network } from '../nn/module.ts';
import { shapeRules } from '../rules/shape.ts';

export function bind(model: Network, options: BindingOptions): { graph: Graph; binding: ModelBinding } {
  let binding: ModelBinding | null = null;
  const graph = new Graph(shapeRules, (owner) => {
    binding = new ModelBinding(owner, model, options);
    return binding;
  });
  return { graph, binding: binding! as ModelBinding };
}
