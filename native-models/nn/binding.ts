/** Ties a model's parameters to tensors of one graph. */

import { assert } from '../core/assert.ts';
import type { BatchStatistic, Graph, LayerContext } from '../core/graph.ts';
import type { Shape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { type Network, namedModules, namedParameters, type Parameter } from './module.ts';

export interface BindingOptions {
  readonly training: boolean;
  /** Parameters whose names begin with one of these do not train; their layers run as in evaluation. */
  readonly frozenPrefixes?: readonly string[];
  /** Normalising layers keep the statistics they were given. */
  readonly keepsStatistics?: boolean;
  /** Normalising layers see all batches of an update as one. */
  readonly areBatchesOne?: boolean;
  /** See `LayerContext`; absent: all at once. */
  readonly elementsAtOnce?: number;
  /** Vectors that come as one flat input, one after the other. */
  readonly joined?: readonly JoinedInput[];
}

export interface StatisticBlend {
  readonly name: string;
  readonly statistic: Tensor;
  readonly batch: Tensor;
  readonly momentum: number;
}

/** Running statistics that wait for what all batches of an update say of them together. */
export interface AwaitedStatistic {
  /** Of the `AcrossBatches`. */
  readonly name: string;
  readonly mean: string;
  readonly variance: string;
  readonly channels: number;
  readonly count: number;
  readonly momentum: number;
}

export interface JoinedInput {
  readonly name: string;
  readonly parts: readonly { readonly name: string; readonly shape: Shape }[];
}

export class ModelBinding implements LayerContext {
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** What the batch says of statistics, in the order it was said. */
  readonly blends: StatisticBlend[] = [];
  readonly awaited: AwaitedStatistic[] = [];
  readonly noises: Tensor[] = [];
  readonly keepsStatistics: boolean;
  readonly areBatchesOne: boolean;
  readonly elementsAtOnce: number;
  private readonly graph: Graph;
  private readonly options: BindingOptions;
  private readonly tensors = new Map<object, Tensor>();
  private readonly names = new Map<object, string>();

  constructor(graph: Graph, model: Network, options: BindingOptions) {
    this.graph = graph;
    this.options = options;
    this.keepsStatistics = options.keepsStatistics ?? false;
    this.elementsAtOnce = options.elementsAtOnce ?? Number.POSITIVE_INFINITY;
    this.areBatchesOne = options.areBatchesOne ?? false;
    this.parameters = namedParameters(model);
    const parts = new Map((options.joined ?? []).flatMap((joined) => [...partsOf(graph, joined)]));
    for (const [name, parameter] of this.parameters) {
      this.names.set(parameter, name);
      this.tensors.set(parameter, parts.get(name) ?? graph.input(name, 'float32', parameter.shape));
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

  blend(key: object, batch: Tensor, momentum: number): void {
    this.blends.push({ name: this.path(key), statistic: this.parameter(key), batch, momentum });
  }

  acrossBatches(layer: object, { vector, mean, variance, count, momentum }: BatchStatistic): Tensor {
    const name = `${this.path(layer)}#${this.awaited.length}`;
    const channels = vector.shape[0]! / 2;
    const [meanName, varianceName] = [this.path(mean), this.path(variance)];
    this.awaited.push({ name, mean: meanName, variance: varianceName, channels, count, momentum });
    return this.graph.apply('AcrossBatches', [vector], { name })[0]!;
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

/** The vectors cut out of the flat input that brings them. */
function partsOf(graph: Graph, { name, parts }: JoinedInput): Map<string, Tensor> {
  const sizes = parts.map(({ shape }) => shape[0]!);
  const flat = graph.input(name, 'float32', [sizes.reduce((sum, size) => sum + size, 0)]);
  let start = 0;
  return new Map(
    parts.map((part, i) => {
      const piece = flat.slice([start], [start + sizes[i]!]);
      start += sizes[i]!;
      return [part.name, piece] as const;
    }),
  );
}
