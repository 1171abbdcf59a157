/** What a lowering rule may do: add ONNX nodes and constants, and ask under which names its operands are known. */

import type { Prim } from '../core/primitives.ts';
import type { Program } from '../core/program.ts';
import type { DType, Shape } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import type { Layout } from './layout.ts';

export type Attribute =
  | number
  | string
  | readonly number[]
  /** A graph within the graph, as the file has it. */
  | { readonly graph: object }
  | { readonly float: number }
  | { readonly floats: readonly number[] };
export type Attributes = Readonly<Record<string, Attribute>>;

/** A pass over a map that is yet to be written: activation(scale * x + shift + added), per channel. */
export interface Affine {
  /** Blocked. */
  readonly x: string;
  /** Vectors of the filled-up channels. */
  readonly scale: string;
  readonly shift: string;
  /** Blocked, or null. */
  readonly added: string | null;
  /** The scale is filters, and x the operand of a 1x1 convolution by them. */
  readonly isProduct?: boolean;
  /** The map's shape where every image has factors of its own: the vectors then go on from image to image. */
  readonly ofImages?: Shape;
}

/** A batch norm's gradient a * g + b * x + c that is yet to be written, where a convolution makes x. */
export interface NormedProduct {
  readonly conv: Op<'Conv'>;
  readonly g: Tensor;
  /** Vectors of the filled-up channels. */
  readonly a: string;
  readonly b: string;
  readonly c: string;
}

/** A tensor as a backend has it. */
export interface Value {
  readonly layout: Layout;
  /** What the channels hold that fill up the last block. */
  readonly padding: number;
  /** Under which the graph knows it, or what writes the nodes for it once somebody reads it. */
  readonly name: string | (() => string);
  /** Lets a reader put more into the same pass. */
  readonly affine?: Affine;
  /** Lets the gradients of that convolution do without it. */
  readonly ofProduct?: NormedProduct;
  /** Writes it with another value, which lies as it does, added in the same pass. */
  readonly plus?: (addend: string) => string;
  /** Writes one less it, where it need not be written itself. */
  readonly complement?: () => string;
  /** The passes that are to write it: a reader may put its own behind them. */
  readonly parted?: Parted;
  /** The same elements under the shape they were made in, for a runner that minds the elements alone. */
  readonly made?: Made;
}

export interface Made {
  readonly name: string;
  readonly shape: Shape;
}

/** What adds nodes and constants to a graph. */
export interface Writer {
  /**
   * Adds a node; returns the names of its outputs. A real-valued attribute is written `{ float: x }`, an operator of
   * another domain than ONNX's own `domain:Operator`.
   */
  node(type: string, inputs: readonly string[], attributes?: Attributes, outputs?: number): readonly string[];
  /** The same, for a node with one output. */
  one(type: string, inputs: readonly string[], attributes?: Attributes): string;
  /** An int64 vector, for shapes, axes and ranges. */
  ints(values: readonly number[]): string;
  constant(values: ArrayLike<number>, shape: readonly number[], dtype: DType | 'float64'): string;
}

/**
 * Passes that run over one part of their operands after the other, each time all of them, so that what one hands to the next stays
 * in the caches. They see nothing of the graph around them.
 */
export interface Parted {
  readonly count: number;
  /** Values of `count` parts, and the shape of one part. */
  readonly operands: readonly { readonly name: string; readonly shape: Shape }[];
  /** Writes the passes over one part of each operand. */
  readonly write: (writer: Writer, parts: readonly string[]) => string;
}

export interface Emitter extends Writer {
  /** The graph is to take any number of images: nothing may be laid out for the number it was built with. */
  readonly anyBatch: boolean;
  /** The ONNX value that holds a tensor, in plain row-major NCHW. */
  name(tensor: Tensor): string;
  /** The ONNX value that holds a tensor in a layout, with zeros in what fills up its blocks. */
  in(tensor: Tensor, layout: Layout): string;
  /** The same, whatever it holds there. */
  raw(tensor: Tensor, layout: Layout): string;
  /** The tensor as it was first written. */
  value(tensor: Tensor): Value;
  /** How many operations and outputs read this tensor; an unread one need not be produced. */
  readers(tensor: Tensor): number;
  /** The input whose place an output takes from run to run, where it may be written over it; else null. */
  predecessor(tensor: Tensor): Tensor | null;
  /** A number, known once everything else has read an input: what is made from it may be written over the input. */
  afterReaders(scalar: string, input: Tensor): string;
  isRead(tensor: Tensor): boolean;
  /**
   * An int64 vector as a shape that the runtime learns no sooner than it runs. It plans ahead that a tensor takes the buffer of an
   * earlier one of its shape, and holds that for it all the while: what is made from a tensor whose shape is not known ahead
   * neither takes a buffer so nor leaves one.
   */
  lateShape(sides: readonly number[]): string;
  /** Writes a value part by part; its elements are those of all parts, one part after the other, whatever its sides. */
  inParts(parted: Parted): string;
}

/** Lowers one operation; returns one value per output (a bare name is a plain one), null for one that nobody reads. */
export type LoweringRule<P extends Prim> = (emit: Emitter, op: Op<P>) => readonly (Value | string | null)[];

/** What a backend needs that keeps some tensors in a layout of its own. */
export interface Layouts {
  /** Channels side by side in one block. */
  readonly block: number;
  /**
   * Layouts of inputs and of what is handed out, chosen before anything is lowered; all others are plain. `agreed` holds
   * those of inputs that another program shares, by name.
   */
  arrange(program: Program, agreed: ReadonlyMap<string, Layout>): ReadonlyMap<Tensor, Layout>;
  /** Whether a program has anything to gain. */
  suits(program: Program): boolean;
  /** Writes nodes that bring a tensor into another layout, filling up blocks with zeros. */
  convert(emit: Emitter, name: string, tensor: Tensor, from: Layout, to: Layout): string;
}

/**
 * One way of writing every primitive in ONNX. Checkpoints and weights stay plain whatever the backend: `arrange` says
 * which inputs and outputs of a program must be packed and unpacked (`rules/layout.ts`).
 */
export interface Backend {
  readonly name: string;
  readonly opset: number;
  readonly rules: { readonly [P in Prim]: LoweringRule<P> };
  /** Null: everything is plain. */
  readonly layouts: Layouts | null;
}
