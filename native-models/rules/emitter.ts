/** What a lowering rule may do: add ONNX nodes and constants, and ask under which names its operands are known. */

import type { Prim } from '../core/primitives.ts';
import type { DType } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';

export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface Emitter {
  /** The graph is to take any number of images: nothing may be laid out for the number it was built with. */
  readonly anyBatch: boolean;
  /** The ONNX value that holds a tensor, in plain row-major NCHW. */
  name(tensor: Tensor): string;
  /** Whether anything reads this output; an unread one need not be produced. */
  isRead(tensor: Tensor): boolean;
  /** Adds a node; returns the names of its outputs. A real-valued attribute is written `{ float: x }`. */
  node(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
    outputs?: number,
  ): readonly string[];
  /** The same, for a node with one output. */
  one(type: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string;
  /** An int64 vector, for shapes, axes and ranges. */
  ints(values: readonly number[]): string;
  constant(values: ArrayLike<number>, shape: readonly number[], dtype: DType): string;
}

/** Lowers one operation; returns one ONNX value per output, null for an output nobody reads. */
export type LoweringRule<P extends Prim> = (emit: Emitter, op: Op<P>) => readonly (string | null)[];

/**
 * One way of writing every primitive in ONNX. A backend that keeps tensors in another layout has its own table and
 * its own emitter state; checkpoints and weights stay plain whatever the backend.
 */
export interface Backend {
  readonly name: string;
  readonly opset: number;
  readonly rules: { readonly [P in Prim]: LoweringRule<P> };
}
