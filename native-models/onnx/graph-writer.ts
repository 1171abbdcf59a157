/** A graph under construction: nodes, constants, and graphs within it. */

import type { DType } from '../core/shape.ts';
import type { Attributes, Parted, Writer } from '../rules/emitter.ts';
import { ONNX_TYPES } from '../rules/onnx-types.ts';
import { NodeList, type NodeRecord } from './node-list.ts';

const DOUBLE = 11; // ONNX element type; no tensor of a program has it, but a rule may sum in it
const LATE_SHAPES = 'late_shapes';
const SHARED_BYTES = 8192; // equal constants up to this size are stored once

/** The type and the name of a graph's input or output, as the file has it. */
export interface ValueInfo {
  readonly name: string;
  readonly type: {
    readonly tensorType: { readonly elemType: number; readonly shape: { readonly dim: readonly Dimension[] } };
  };
}

export type Dimension = { readonly dimValue: number } | { readonly dimParam: string };

/** A graph as the file has it. */
export interface GraphRecord {
  readonly name: string;
  readonly node: readonly NodeRecord[];
  readonly initializer: readonly object[];
  readonly input: readonly ValueInfo[];
  readonly output: readonly ValueInfo[];
}

export class GraphWriter implements Writer {
  readonly nodes: NodeList;
  readonly initializers = new Map<string, object>();
  /** Shapes that the runtime learns no sooner than it runs, by the names they are read under. */
  private readonly lateShapes = new Map<string, readonly number[]>();
  /** Begins all names: a graph within a graph sees both. */
  private readonly prefix: string;
  private readonly shared = new Map<string, string>();
  /** Constants that, as a shape, leave no side open. */
  private readonly wholeShapes = new Set<string>();
  private readonly within: GraphWriter[] = [];

  constructor(prefix: string) {
    this.prefix = prefix;
    this.nodes = new NodeList(prefix);
  }

  node(type: string, inputs: readonly string[], attributes: Attributes = {}, outputs = 1): readonly string[] {
    const isView = type === 'Reshape' && this.wholeShapes.has(inputs[1]!);
    return this.nodes.add(type, inputs, attributes, outputs, isView);
  }

  one(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.node(type, inputs, attributes)[0]!;
  }

  ints(values: readonly number[]): string {
    const name = this.constant(values, [values.length], 'int64');
    if (values.every((value) => value > 0)) this.wholeShapes.add(name);
    return name;
  }

  lateShape(sides: readonly number[]): string {
    const name = `shape_${sides.join('x')}`;
    this.lateShapes.set(name, sides);
    return name;
  }

  /** Of those that are read: the vector of all, an initializer that is an input as well, and the node that cuts it up. */
  lateShapesCut(read: ReadonlySet<string>): {
    readonly input: readonly ValueInfo[];
    readonly node: readonly NodeRecord[];
  } {
    const shapes = [...this.lateShapes].filter(([name]) => read.has(name));
    if (shapes.length === 0) return { input: [], node: [] };
    const replaceable = (name: string, values: readonly number[]): ValueInfo => {
      const dims = [values.length];
      this.initializers.set(name, { dims, dataType: ONNX_TYPES.int64, name, rawData: rawBytes(values, 'int64') });
      return info(name, ONNX_TYPES.int64, dims);
    };
    const sides = replaceable(
      LATE_SHAPES,
      shapes.flatMap(([, shape]) => shape),
    );
    // Not even how many sides there are is known ahead: of what has no shape at all the planner asks nothing.
    const lengths = replaceable(
      `${LATE_SHAPES}:lengths`,
      shapes.map(([, shape]) => shape.length),
    );
    const output = shapes.map(([shape]) => shape);
    return {
      input: [sides, lengths],
      node: [{ opType: 'Split', name: `${LATE_SHAPES}:cut`, input: [sides.name, lengths.name], output, attribute: [] }],
    };
  }

  constant(values: ArrayLike<number>, shape: readonly number[], dtype: DType | 'float64'): string {
    const key = this.keyOf(values, shape, dtype);
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const name = `${this.prefix}constant_${this.initializers.size}`;
    this.initializers.set(name, {
      dims: [...shape],
      dataType: dtype === 'float64' ? DOUBLE : ONNX_TYPES[dtype],
      name,
      rawData: rawBytes(values, dtype),
    });
    this.shared.set(key, name);
    return name;
  }

  /** Equal for equal constants that are stored once: whole numbers as they are, others by their bits. */
  private keyOf(values: ArrayLike<number>, shape: readonly number[], dtype: DType | 'float64'): string {
    const sides = `${dtype} [${shape}]`;
    const isWhole = dtype === 'int64';
    if (isWhole && values.length <= SHARED_BYTES / 8) return `${sides} ${Array.prototype.join.call(values)}`;
    const bits = isWhole ? null : rawBytes(values, dtype);
    const isShared = bits !== null && bits.length <= SHARED_BYTES;
    return isShared ? `${sides} ${String.fromCharCode(...bits)}` : `own ${this.initializers.size}`;
  }

  /**
   * One operator that takes the parts as views of their operands and has each result written where it is to lie. It would copy
   * a view, so what the result is a view of is handed out.
   */
  inParts({ count, operands, write }: Parted): string {
    const wholes = operands.map(({ name, shape }) =>
      this.one('Reshape', [name, this.ints(count === 1 ? shape : [count, ...shape])]),
    );
    if (count === 1) return write(this, wholes);

    const within = new GraphWriter(`${this.prefix}parts_${this.within.length}:`);
    this.within.push(within);
    const parts = operands.map((_, i) => `${within.prefix}operand_${i}`);
    const result = within.nodes.baseOf(write(within, parts));
    const part = {
      name: 'part',
      node: within.nodes.needed([result]),
      initializer: [...within.initializers.values()],
      input: operands.map(({ shape }, i) => info(parts[i]!, ONNX_TYPES.float32, shape)),
      // Its shape is for the runtime to find.
      output: [{ name: result, type: { tensorType: { elemType: ONNX_TYPES.float32 } } }],
    };
    return this.one('Scan', wholes, { body: { graph: part }, num_scan_inputs: operands.length });
  }

  /** Operator sets beside ONNX's own, each at its only version. */
  domains(): { readonly domain: string; readonly version: number }[] {
    const named = [...this.nodes.domains(), ...this.within.flatMap((writer) => writer.domains())];
    return [...new Map(named.map((set) => [set.domain, set])).values()];
  }
}

export function info(name: string, elemType: number, shape: readonly (number | Dimension)[]): ValueInfo {
  const dim = shape.map((side) => (typeof side === 'number' ? { dimValue: side } : side));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

export function rawBytes(values: ArrayLike<number>, dtype: DType | 'float64'): Uint8Array {
  if (values instanceof Float32Array && dtype === 'float32') {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const typed = typedArray(Array.from(values), dtype);
  return new Uint8Array(typed.buffer);
}

function typedArray(values: readonly number[], dtype: DType | 'float64'): { readonly buffer: ArrayBuffer } {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values);
    case 'float64':
      return Float64Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'int64':
      return BigInt64Array.from(values, BigInt);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(values);
    default:
      return dtype satisfies never;
  }
}
