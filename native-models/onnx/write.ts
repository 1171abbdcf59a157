/** Writes a program as an ONNX model file, through a backend's lowering rules. */

import { assert } from '../core/assert.ts';
import type { Prim } from '../core/primitives.ts';
import type { Program } from '../core/program.ts';
import { type DType, sizeOf } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import type { Attribute, Backend, Emitter, LoweringRule } from '../rules/emitter.ts';
import { ONNX_TYPES } from '../rules/onnx-standard.ts';
import { ATTRIBUTE, IR_VERSION, ModelProto } from './schema.ts';

export interface WriteOptions {
  readonly name: string;
  /** Inputs that become initializers, with their values: trained weights inside the file. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** Inputs whose first side is declared as any number `N` of images; the outputs' first side then is, too. */
  readonly batchInputs?: readonly string[];
  /** Free text a reader of the file finds in its metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly producerVersion?: string;
}

/** The bytes of the file. The same program and options give the same bytes. */
export function writeOnnx(program: Program, backend: Backend, options: WriteOptions): Uint8Array {
  const lowering = new Lowering(program, options.weights ?? new Map(), (options.batchInputs ?? []).length > 0);
  for (const op of program.ops) lowering.lower(op, backend);
  const model = {
    irVersion: IR_VERSION,
    producerName: 'lightbench',
    producerVersion: options.producerVersion ?? '',
    opsetImport: [{ domain: '', version: backend.opset }],
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: lowering.graph(options),
  };
  const problem = ModelProto.verify(model);
  assert(problem === null, `onnx: ${problem}`);
  return ModelProto.encode(model).finish();
}

const SHARED_BYTES = 512; // equal constants up to this size are stored once

interface NodeRecord {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly attribute: readonly object[];
}

/** Collects nodes and initializers while rules run. */
class Lowering implements Emitter {
  readonly anyBatch: boolean;
  private readonly program: Program;
  private readonly weights: ReadonlyMap<string, Float32Array>;
  private readonly nodes: NodeRecord[] = [];
  private readonly initializers = new Map<string, object>();
  private readonly shared = new Map<string, string>();
  private readonly names = new Map<Tensor, string>();
  private readonly read: ReadonlySet<Tensor>;

  constructor(program: Program, weights: ReadonlyMap<string, Float32Array>, anyBatch: boolean) {
    this.anyBatch = anyBatch;
    this.program = program;
    this.weights = weights;
    this.read = new Set([...program.ops.flatMap((op) => op.inputs), ...program.outputs.values()]);
    for (const input of program.inputs) this.declareInput(input);
  }

  lower(op: Op, backend: Backend): void {
    const rule = backend.rules[op.prim] as LoweringRule<Prim>;
    const results = rule(this, op);
    assert(results.length === op.outputs.length, `${op.prim}: rule gave ${results.length} outputs`);
    op.outputs.forEach((output, i) => {
      const result = results[i];
      assert(typeof result === 'string' || !this.isRead(output), `${op.prim}: output ${i} is read but was not lowered`);
      if (typeof result === 'string') this.names.set(output, result);
    });
  }

  name = (tensor: Tensor): string => {
    const known = this.names.get(tensor);
    if (known !== undefined) return known;
    assert(tensor.source.kind === 'constant', 'lowering: operand has no value yet');
    const name = this.constant(tensor.source.data, tensor.shape, tensor.dtype);
    this.names.set(tensor, name);
    return name;
  };

  isRead(tensor: Tensor): boolean {
    return this.read.has(tensor);
  }

  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    outputs = 1,
  ): readonly string[] {
    const id = this.nodes.length;
    const names = Array.from({ length: outputs }, (_, i) => (i === 0 ? `${type}_${id}` : `${type}_${id}_${i}`));
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    this.nodes.push({ input: inputs, output: names, name: `${type}_${id}`, opType: type, attribute });
    return names;
  }

  one(type: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.node(type, inputs, attributes)[0]!;
  }

  ints(values: readonly number[]): string {
    return this.constant(values, [values.length], 'int64');
  }

  constant(values: ArrayLike<number>, shape: readonly number[], dtype: DType): string {
    const data = rawBytes(values, dtype);
    const key = data.length <= SHARED_BYTES ? `${dtype} [${shape}] ${data}` : `own ${this.initializers.size}`;
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const name = `constant_${this.initializers.size}`;
    this.initializers.set(name, { dims: [...shape], dataType: ONNX_TYPES[dtype], name, rawData: data });
    this.shared.set(key, name);
    return name;
  }

  graph({ name, batchInputs = [] }: WriteOptions): object {
    const produced = new Set(this.nodes.flatMap((node) => node.output));
    const renamed = new Map<string, string>();
    const outputs = [...this.program.outputs].map(([outputName, tensor]) => {
      const value = this.name(tensor);
      if (produced.has(value) && !renamed.has(value)) renamed.set(value, outputName);
      // An input or a constant handed out, or one value under two names, needs a node of its own.
      else
        this.nodes.push({ input: [value], output: [outputName], name: outputName, opType: 'Identity', attribute: [] });
      return valueInfo(outputName, tensor, batchInputs.length > 0);
    });
    const rename = (value: string) => renamed.get(value) ?? value;
    const node = this.nodes.map((record) => ({
      ...record,
      input: record.input.map(rename),
      output: record.output.map(rename),
    }));
    const input = this.program.inputs
      .filter((tensor) => !this.initializers.has(this.name(tensor)))
      .map((tensor) => valueInfo(this.name(tensor), tensor, batchInputs.includes(this.name(tensor))));
    return { name, node, initializer: [...this.initializers.values()], input, output: outputs };
  }

  private declareInput(input: Tensor): void {
    assert(input.source.kind === 'input', 'a program input is not a graph input');
    const { name } = input.source;
    this.names.set(input, name);
    const values = this.weights.get(name);
    if (values === undefined) return;
    assert(values.length === sizeOf(input.shape), `onnx: weight "${name}" has ${values.length} values`);
    const data = rawBytes(values, input.dtype);
    this.initializers.set(name, { dims: [...input.shape], dataType: ONNX_TYPES[input.dtype], name, rawData: data });
  }
}

function attributeOf(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE.int };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE.string };
  if ('float' in value) return { name, f: value.float, type: ATTRIBUTE.float };
  return { name, ints: [...value], type: ATTRIBUTE.ints };
}

function rawBytes(values: ArrayLike<number>, dtype: DType): Uint8Array {
  if (values instanceof Float32Array && dtype === 'float32') {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const typed = typedArray(Array.from(values), dtype);
  return new Uint8Array(typed.buffer);
}

function typedArray(values: readonly number[], dtype: DType): { readonly buffer: ArrayBuffer } {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values);
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

function valueInfo(name: string, { shape, dtype }: Tensor, isBatch: boolean): object {
  const dim = shape.map((side, axis) => (axis === 0 && isBatch ? { dimParam: 'N' } : { dimValue: side }));
  return { name, type: { tensorType: { elemType: ONNX_TYPES[dtype], shape: { dim } } } };
}
