/** Writes a program as an ONNX model file, through a backend's lowering rules. */

import { assert } from '../core/assert.ts';
import type { Program } from '../core/program.ts';
import type { Backend } from '../rules/emitter.ts';
import type { Layout } from '../rules/layout.ts';
import { ONNX_TYPES } from '../rules/onnx-types.ts';
import { type CountedOutputs, cutToCount } from './counted.ts';
import type { GraphRecord } from './graph-writer.ts';
import { Lowering, type OutputBuffer } from './lowering.ts';
import { IR_VERSION, ModelProto } from './schema.ts';

export interface WriteOptions {
  readonly name: string;
  /** Inputs that become initializers, with their values: trained weights inside the file. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** Inputs whose first side is declared as any number `N` of images; the outputs' first side then is, too. */
  readonly batchInputs?: readonly string[];
  /** Layouts of inputs that another program shares, by name; see `Layouts.arrange`. */
  readonly agreed?: ReadonlyMap<string, Layout>;
  /**
   * Outputs that take the place of inputs from run to run, by the outputs' names, for a runner that gives every output its
   * buffer (`Written.buffers`). The graph's outputs then begin with `EMPTY_LIST`.
   */
  readonly successors?: ReadonlyMap<string, string>;
  /** Outputs whose rows are cut to how many there are. */
  readonly counted?: CountedOutputs | null;
  /** Free text a reader of the file finds in its metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly producerVersion?: string;
}

/** First output of a graph that is written with `successors`: a list of no tensors, for the sake of who runs it. */
export const EMPTY_LIST = 'empty_list';

/** The bytes of the file. The same program and options give the same bytes. */
export function writeOnnx(program: Program, backend: Backend, options: WriteOptions): Uint8Array {
  return written(program, backend, options).bytes;
}

export interface Written {
  readonly bytes: Uint8Array;
  /** By output. Those of `successors` may have another shape than their tensor, of the same elements. */
  readonly buffers: ReadonlyMap<string, OutputBuffer>;
}

/** The same, with what a runner must know that gives the outputs their buffers. */
export function written(program: Program, backend: Backend, options: WriteOptions): Written {
  const lowering = lowered(program, backend, options);
  const { graph, buffers } = lowering.finished(options);
  const cut = options.counted ? cutToCount(graph, options.counted) : graph;
  const given = options.successors === undefined ? cut : withEmptyList(cut);
  return { bytes: encodeModel(given, lowering, backend, options), buffers };
}

function withEmptyList(graph: GraphRecord): object {
  const node = { opType: 'SequenceEmpty', name: EMPTY_LIST, input: [], output: [EMPTY_LIST], attribute: [] };
  const type = { sequenceType: { elemType: { tensorType: { elemType: ONNX_TYPES.float32 } } } };
  return { ...graph, node: [node, ...graph.node], output: [{ name: EMPTY_LIST, type }, ...graph.output] };
}

/** Every operation of the program, written through the backend's rules. */
export function lowered(program: Program, backend: Backend, options: WriteOptions): Lowering {
  const lowering = new Lowering(program, backend, options);
  for (const op of program.ops) lowering.lower(op);
  return lowering;
}

/** `graph` was made from what `lowering` holds, by it or from its graph. */
export function encodeModel(
  graph: object,
  lowering: Pick<Lowering, 'domains'>,
  backend: Backend,
  options: WriteOptions,
): Uint8Array {
  const model = {
    irVersion: IR_VERSION,
    producerName: 'lightbench',
    producerVersion: options.producerVersion ?? '',
    opsetImport: [{ domain: '', version: backend.opset }, ...lowering.domains()],
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph,
  };
  const problem = ModelProto.verify(model);
  assert(problem === null, `onnx: ${problem}`);
  return ModelProto.encode(model).finish();
}
