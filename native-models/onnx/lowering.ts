/** Lowers a program operation by operation: what the rules of a backend write to. */

import { assert } from '../core/assert.ts';
import type { Prim } from '../core/primitives.ts';
import type { Program } from '../core/program.ts';
import { type DType, type Shape, sizeOf } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import type { Attributes, Backend, Emitter, LoweringRule, Made, Parted, Value } from '../rules/emitter.ts';
import { type Layout, packedShape } from '../rules/layout.ts';
import { ONNX_TYPES } from '../rules/onnx-types.ts';
import { type GraphRecord, GraphWriter, info, rawBytes, type ValueInfo } from './graph-writer.ts';
import { ordered, readersOf } from './in-place.ts';
import { type NodeRecord, withRootsFirst } from './node-list.ts';
import type { WriteOptions } from './write.ts';

/** How the runner of a graph provides for an output. */
export interface OutputBuffer {
  /** Of the tensor the output is written to. */
  readonly shape: Shape;
  /** It may be written over the input whose place it takes. */
  readonly inPlace: boolean;
}

interface FinishedGraph {
  readonly graph: GraphRecord;
  readonly buffers: ReadonlyMap<string, OutputBuffer>;
}

/** Collects nodes and initializers while rules run. */
export class Lowering implements Emitter {
  readonly anyBatch: boolean;
  private readonly program: Program;
  private readonly backend: Backend;
  private readonly weights: ReadonlyMap<string, Float32Array>;
  private readonly arranged: ReadonlyMap<Tensor, Layout>;
  private readonly graph = new GraphWriter('');
  /** Each tensor as it was first written, and under which names it is known in which layout. */
  private readonly values = new Map<Tensor, Value>();
  private readonly names = new Map<Tensor, Map<Layout, string>>();
  private readonly reads: ReadonlyMap<Tensor, number>;
  private readonly predecessors: ReadonlyMap<Tensor, Tensor>;

  constructor(
    program: Program,
    backend: Backend,
    { weights = new Map(), batchInputs = [], agreed = new Map(), successors = new Map() }: WriteOptions,
  ) {
    this.anyBatch = batchInputs.length > 0;
    this.program = program;
    this.backend = backend;
    this.weights = weights;
    this.arranged = backend.layouts?.arrange(program, agreed) ?? new Map();
    this.reads = readCounts(program);
    this.predecessors = predecessors(program, successors);
    for (const input of program.inputs) this.declareInput(input);
  }

  lower(op: Op): void {
    const rule = this.backend.rules[op.prim] as LoweringRule<Prim>;
    const results = rule(this, op);
    assert(results.length === op.outputs.length, `${op.prim}: rule gave ${results.length} outputs`);
    op.outputs.forEach((output, i) => {
      const result = results[i];
      assert(result || !this.isRead(output), `${op.prim}: output ${i} is read but was not lowered`);
      if (typeof result === 'string') this.values.set(output, { layout: 'plain', padding: 0, name: result });
      else if (result) this.values.set(output, result);
    });
  }

  name = (tensor: Tensor): string => this.in(tensor, 'plain');

  in(tensor: Tensor, layout: Layout): string {
    const known = this.names.get(tensor)?.get(layout);
    if (known !== undefined) return known;
    const value = this.value(tensor);
    const isExact = value.layout === layout && (value.padding === 0 || layout === 'plain');
    const name = isExact ? this.written(tensor, value) : this.converted(tensor, value, layout);
    this.names.set(tensor, (this.names.get(tensor) ?? new Map<Layout, string>()).set(layout, name));
    return name;
  }

  raw(tensor: Tensor, layout: Layout): string {
    const value = this.value(tensor);
    return value.layout === layout ? this.written(tensor, value) : this.in(tensor, layout);
  }

  value(tensor: Tensor): Value {
    const known = this.values.get(tensor);
    if (known !== undefined) return known;
    assert(tensor.source.kind === 'constant', 'lowering: operand has no value yet');
    const name = this.constant(tensor.source.data, tensor.shape, tensor.dtype);
    const value: Value = { layout: 'plain', padding: 0, name };
    this.values.set(tensor, value);
    return value;
  }

  readers(tensor: Tensor): number {
    return this.reads.get(tensor) ?? 0;
  }

  predecessor(tensor: Tensor): Tensor | null {
    return this.predecessors.get(tensor) ?? null;
  }

  afterReaders(scalar: string, input: Tensor): string {
    return this.one('Expand', [scalar, readersOf(inputName(input))]);
  }

  isRead(tensor: Tensor): boolean {
    return this.reads.has(tensor);
  }

  node(type: string, inputs: readonly string[], attributes: Attributes = {}, outputs = 1): readonly string[] {
    return this.graph.node(type, inputs, attributes, outputs);
  }

  one(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.graph.one(type, inputs, attributes);
  }

  ints(values: readonly number[]): string {
    return this.graph.ints(values);
  }

  lateShape(sides: readonly number[]): string {
    return this.graph.lateShape(sides);
  }

  constant(values: ArrayLike<number>, shape: readonly number[], dtype: DType | 'float64'): string {
    return this.graph.constant(values, shape, dtype);
  }

  inParts(parted: Parted): string {
    return this.graph.inParts(parted);
  }

  /** Operator sets beside ONNX's own. */
  domains(): { readonly domain: string; readonly version: number }[] {
    return this.graph.domains();
  }

  /** To be asked for once, when every operation is lowered. */
  finished({ name, batchInputs = [], successors = new Map() }: WriteOptions): FinishedGraph {
    // Reading an output may write its last nodes, so the names of all come first.
    const outputs = [...this.program.outputs].map(([outputName, tensor]) => {
      return { name: outputName, tensor, made: this.handedOut(tensor, successors.has(outputName)) };
    });
    const { nodes, rename } = this.named(outputs);
    const successions = [...successors].map(([output, input]) => ({ input, output }));
    const late = this.graph.lateShapesCut(new Set(nodes.flatMap((record) => record.input)));
    const runnable = [...late.node, ...nodes.map(rename)];
    const inOrder = ordered(runnable, successions, this.constant([], [0], 'int64'));
    const { inPlace } = inOrder;
    const node = withRootsFirst(inOrder.nodes);
    const read = new Set(node.flatMap((record) => record.input));
    const initializer = [...this.graph.initializers].flatMap(([key, value]) => (read.has(key) ? [value] : []));
    const input = this.program.inputs
      .map((tensor) => [inputName(tensor), tensor] as const)
      .filter(([key]) => !this.graph.initializers.has(key))
      .map(([key, tensor]) => valueInfo(key, tensor, this.packed(tensor), batchInputs.includes(key)));
    const output = outputs.map(({ name: key, tensor, made }) =>
      valueInfo(key, tensor, made.shape, batchInputs.length > 0),
    );
    const buffers = outputs.map(({ name: key, made: { shape } }) => {
      return [key, { shape, inPlace: inPlace.has(successors.get(key) ?? '') }] as const;
    });
    return { graph: { name, node, initializer, input: [...input, ...late.input], output }, buffers: new Map(buffers) };
  }

  /** What an output is handed out as: where only its elements matter, in the shape they were made in. */
  private handedOut(tensor: Tensor, isBuffer: boolean): Made {
    const layout = this.layoutOf(tensor);
    const value = this.value(tensor);
    if (isBuffer && value.made !== undefined && value.layout === layout) return value.made;
    return { name: this.in(tensor, layout), shape: this.packed(tensor) };
  }

  /** The nodes that make the outputs, and how the outputs get their own names. */
  private named(outputs: readonly { readonly name: string; readonly made: Made }[]) {
    const nodes = this.graph.nodes.needed(outputs.map(({ made }) => made.name));
    const produced = new Set(nodes.flatMap((node) => node.output));
    const names = new Map<string, string>();
    const copies: NodeRecord[] = [];
    for (const { name, made } of outputs) {
      // An input or a constant handed out, or one value under two names, needs a node of its own.
      if (produced.has(made.name) && !names.has(made.name)) names.set(made.name, name);
      else copies.push({ input: [made.name], output: [name], name, opType: 'Identity', attribute: [] });
    }
    const own = (value: string) => names.get(value) ?? value;
    const rename = (node: NodeRecord) => ({ ...node, input: node.input.map(own), output: node.output.map(own) });
    return { nodes: [...nodes, ...copies], rename };
  }

  private declareInput(input: Tensor): void {
    const name = inputName(input);
    this.values.set(input, { layout: this.layoutOf(input), padding: 0, name });
    const values = this.weights.get(name);
    if (values === undefined) return;
    assert(this.layoutOf(input) === 'plain', `onnx: weight "${name}" inside the file must be plain`);
    assert(values.length === sizeOf(input.shape), `onnx: weight "${name}" has ${values.length} values`);
    this.graph.initializers.set(name, {
      dims: [...input.shape],
      dataType: ONNX_TYPES[input.dtype],
      name,
      rawData: rawBytes(values, input.dtype),
    });
  }

  private layoutOf(tensor: Tensor): Layout {
    return this.arranged.get(tensor) ?? 'plain';
  }

  private written(tensor: Tensor, value: Value): string {
    if (typeof value.name === 'string') return value.name;
    const name = value.name();
    const { layout, padding, made } = value;
    this.values.set(tensor, { layout, padding, name, ...(made ? { made } : {}) });
    return name;
  }

  /** By way of the plain layout, where blocks are filled up anew; what is turned has no blocks to fill up. */
  private converted(tensor: Tensor, value: Value, layout: Layout): string {
    const { layouts } = this.backend;
    assert(layouts !== null, `${this.backend.name}: no layout but plain`);
    if (value.layout === 'plain' || value.layout === 'turned' || layout === 'plain') {
      return layouts.convert(this, this.written(tensor, value), tensor, value.layout, layout);
    }
    return layouts.convert(this, this.in(tensor, 'plain'), tensor, 'plain', layout);
  }

  /** What the runtime is told of a tensor's shape. */
  private packed(tensor: Tensor): Shape {
    return packedShape(tensor.shape, this.layoutOf(tensor), this.backend.layouts?.block ?? 1);
  }
}

function valueInfo(name: string, { dtype }: Tensor, shape: Shape, isBatch: boolean): ValueInfo {
  return info(
    name,
    ONNX_TYPES[dtype],
    shape.map((side, axis) => (axis === 0 && isBatch ? { dimParam: 'N' } : side)),
  );
}

function inputName({ source }: Tensor): string {
  assert(source.kind === 'input', 'a program input is not a graph input');
  return source.name;
}

function readCounts(program: Program): ReadonlyMap<Tensor, number> {
  const counts = new Map<Tensor, number>();
  for (const tensor of [...program.ops.flatMap((op) => op.inputs), ...program.outputs.values()]) {
    counts.set(tensor, (counts.get(tensor) ?? 0) + 1);
  }
  return counts;
}

/** By each tensor that is handed out in the place of an input, that input. */
function predecessors(program: Program, successors: ReadonlyMap<string, string>): ReadonlyMap<Tensor, Tensor> {
  const inputs = new Map(program.inputs.map((input) => [inputName(input), input] as const));
  return new Map([...successors].map(([output, input]) => [program.outputs.get(output)!, inputs.get(input)!] as const));
}
