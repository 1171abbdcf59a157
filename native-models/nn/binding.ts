/** Ties a model's parameters to tensors of one graph. */

import { assert } from '../core/assert.ts';
import type { Graph, LayerContext } from '../core/graph.ts';
import type { Shape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { type Module, namedModules, namedParameters, type Parameter } from './module.ts';

export interface BindingOptions {
  readonly training: boolean;
  /** Parameters whose names begin with one of these do not train; their layers run as in evaluation. */
  readonly frozenPrefixes?: readonly string[];
}

export class ModelBinding implements LayerContext {
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Values that statistics have after the step, by parameter name. */
  readonly updates = new Map<string, Tensor>();
  readonly noises: Tensor[] = [];
  private readonly graph: Graph;
  private readonly options: BindingOptions;
  private readonly tensors = new Map<object, Tensor>();
  private readonly names = new Map<object, string>();

  constructor(graph: Graph, model: Module, options: BindingOptions) {
    this.graph = graph;
    this.options = options;
    this.parameters = namedParameters(model);
    for (const [name, parameter] of this.parameters) {
      this.names.set(parameter, name);
      this.tensors.set(parameter, graph.input(name, 'float32', parameter.shape));
    }
    for (const [module, path] of namedModules(model)) this.names.set(module, path);
  }

  parameter(key: object): Tensor {
    const tensor = this.tensors.get(key);
    assert(tensor, 'a layer asked for a parameter its model does not hold as a field');
    return tensor;
  }

  isTraining(layer: object): boolean {
    return this.options.training && !this.isFrozen(`${this.path(layer)}.`);
  }

  isFrozen(name: string): boolean {
    return (this.options.frozenPrefixes ?? []).some((prefix) => name.startsWith(prefix));
  }

  update(key: object, value: Tensor): void {
    this.updates.set(this.path(key), value);
  }

  noise(shape: Shape): Tensor {
    const tensor = this.graph.input(`noise.${this.noises.length}`, 'float32', shape);
    this.noises.push(tensor);
    return tensor;
  }

  path(layer: object): string {
    const name = this.names.get(layer);
    assert(name !== undefined, 'a layer is not part of the model that is bound');
    return name;
  }
}
