/**
 * A graph under construction: inputs, constants and operations in the order they were written, which is also an order
 * they can be run in. Graphs are data: building one twice gives the same graph.
 */

import { assert } from './assert.ts';
import type { Prim, PrimAttrs } from './primitives.ts';
import { type DType, type Shape, ShapeError, sizeOf } from './shape.ts';
import { type Op, Tensor } from './tensor.ts';

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Types of an operation's outputs from its inputs. Errors: ShapeError when they do not fit. */
export type ShapeRule<P extends Prim> = (inputs: readonly TensorType[], attrs: PrimAttrs[P]) => readonly TensorType[];
export type ShapeRules = { readonly [P in Prim]: ShapeRule<P> };

/** What a batch says of the running statistics of a normalising layer: the vector that `nn/batch-statistics.ts` makes. */
export interface BatchStatistic {
  readonly vector: Tensor;
  readonly mean: object;
  readonly variance: object;
  /** Elements of a batch behind each number. */
  readonly count: number;
  readonly momentum: number;
}

/**
 * What layers ask of the graph they are called in. Layers are keyed by identity, so one layer may be called in several
 * graphs, and a layer has no mode of its own to flip.
 */
export interface LayerContext {
  /** The tensor that stands for a parameter or a statistic in this graph. */
  parameter(key: object): Tensor;
  /** Whether this layer trains here: batch statistics, dropout. False in evaluation graphs and in frozen layers. */
  isTraining(layer: object): boolean;
  /** Whether normalising layers keep the statistics they were given, in training as well. */
  readonly keepsStatistics: boolean;
  /** Moves a statistic, a vector, towards what this batch says: (1 - momentum) * statistic + momentum * batch. */
  blend(key: object, batch: Tensor, momentum: number): void;
  /** Whether normalising layers see all batches of an update as one. */
  readonly areBatchesOne: boolean;
  /** The mean over all batches of the update of what each says of its statistics. */
  acrossBatches(layer: object, said: BatchStatistic): Tensor;
  /** How many numbers a wide layer had best make at a time, so that what comes after it finds them in the cache. */
  readonly elementsAtOnce: number;
  /** Fresh uniform random numbers in [0,1), fed from outside at every step. */
  noise(shape: Shape): Tensor;
  /** The layer's name within its model, for messages. */
  path(layer: object): string;
}

export class Graph {
  readonly ops: Op[] = [];
  readonly inputs: Tensor[] = [];
  readonly layers: LayerContext | null;
  private readonly rules: ShapeRules;
  private readonly scalars = new Map<string, Tensor>();
  private readonly scopes: string[] = [];
  private tensorCount = 0;

  constructor(rules: ShapeRules, layers: ((graph: Graph) => LayerContext) | null = null) {
    this.rules = rules;
    this.layers = layers?.(this) ?? null;
  }

  input(name: string, dtype: DType, shape: Shape): Tensor {
    assert(!this.inputs.some((input) => nameOf(input) === name), `graph has two inputs "${name}"`);
    const tensor = this.tensor(dtype, shape, { kind: 'input', name });
    this.inputs.push(tensor);
    return tensor;
  }

  /** Errors: ShapeError when the number of values is not the shape's. */
  constant(values: ArrayLike<number>, shape: Shape, dtype: DType = 'float32'): Tensor {
    if (values.length !== sizeOf(shape)) throw new ShapeError(`constant: ${values.length} values for [${shape}]`);
    return this.tensor(dtype, shape, { kind: 'constant', data: Float64Array.from(values) });
  }

  /** A rank-0 constant; equal ones are one tensor. */
  scalar(value: number, dtype: DType): Tensor {
    const key = `${dtype} ${value}`;
    const known = this.scalars.get(key);
    if (known) return known;
    const made = this.constant([value], [], dtype);
    this.scalars.set(key, made);
    return made;
  }

  /** Adds one operation. Errors: ShapeError, naming the layer that was being built. */
  apply<P extends Prim>(prim: P, inputs: readonly Tensor[], attrs: PrimAttrs[P]): readonly Tensor[] {
    for (const input of inputs) assert(input.graph === this, `${prim}: operand belongs to another graph`);
    const types = this.infer(prim, inputs, attrs);
    const outputs: Tensor[] = [];
    const op: Op<P> = { id: this.ops.length, prim, attrs, inputs, outputs };
    types.forEach((type, index) => {
      outputs.push(this.tensor(type.dtype, type.shape, { kind: 'op', op, index }));
    });
    this.ops.push(op);
    return outputs;
  }

  /** Runs `build` with a name that errors inside it will carry. */
  scope<T>(name: string, build: () => T): T {
    this.scopes.push(name);
    try {
      return build();
    } finally {
      this.scopes.pop();
    }
  }

  private infer<P extends Prim>(prim: P, inputs: readonly TensorType[], attrs: PrimAttrs[P]): readonly TensorType[] {
    try {
      return this.rules[prim](inputs, attrs);
    } catch (error) {
      const where = this.scopes.at(-1);
      if (!(error instanceof ShapeError) || where === undefined) throw error;
      throw new ShapeError(`"${where}": ${error.message}`, { cause: error });
    }
  }

  private tensor(dtype: DType, shape: Shape, source: Tensor['source']): Tensor {
    return new Tensor(this, this.tensorCount++, dtype, shape, source);
  }
}

function nameOf(tensor: Tensor): string | null {
  return tensor.source.kind === 'input' ? tensor.source.name : null;
}
