/**
 * Many runs of one program as a single run: an ONNX Loop whose body is the program. What goes from step to step stays
 * where the body computes, and the batches of all steps come in at once, stacked on a leading axis.
 *
 * The body reads neither the iteration's number nor the condition, which the runtime makes on the host: a step counter
 * of its own, a vector of one element, travels with the state and picks each step's rows. Constants stay inside the
 * body, since an outer one is copied into it at every step where a node wants it on the host.
 */

import { assert } from '../core/assert.ts';
import type { Program } from '../core/program.ts';
import type { Backend } from '../rules/emitter.ts';
import { ONNX_TYPES } from '../rules/onnx-types.ts';
import { type GraphRecord, info, type ValueInfo } from './graph-writer.ts';
import type { NodeRecord } from './node-list.ts';
import { ATTRIBUTE } from './schema.ts';
import { encodeModel, lowered, type WriteOptions } from './write.ts';

export interface LoopForm {
  /** Each pair is an input and the output that takes its place at the next step. */
  readonly carried: readonly { readonly input: string; readonly output: string }[];
  /** Inputs that are the same at every step. Every input named in neither list gets a leading axis of steps. */
  readonly shared: readonly string[];
}

/** Input of the model that says how many steps to run. */
export const STEPS = 'steps';

const COUNTER = 'counter';
const STEP_COUNT = 'K';
const INT64_BYTES = 8;

/**
 * Inputs: `steps` int64 [], the carried and shared inputs as they are, all others [steps,...].
 * Outputs: the carried outputs after the last step, all others [steps,...].
 */
export function writeLoopOnnx(program: Program, backend: Backend, form: LoopForm, options: WriteOptions): Uint8Array {
  assert((options.batchInputs ?? []).length === 0, 'loop: every batch has one size');
  const lowering = lowered(program, backend, options);
  return encodeModel(wrapped(lowering.finished(options).graph, form), lowering, backend, options);
}

/** Names inside the body differ from all names outside: a graph within a graph sees both. */
const within = (name: string): string => `body:${name}`;

function wrapped(graph: GraphRecord, { carried, shared }: LoopForm): GraphRecord {
  const outer = new Set([...shared, ...carried.map(({ input }) => input)]);
  const stacked = graph.input.filter(({ name }) => !outer.has(name));
  const replaced = new Set(carried.map(({ output }) => output));
  const scanned = graph.output.filter(({ name }) => !replaced.has(name));
  const body = bodyOf(graph, carried, stacked, shared, scanned);
  const outputs = [...carried.map(({ output }) => output), ...scanned.map(({ name }) => name)];
  const loop: NodeRecord = {
    opType: 'Loop',
    name: 'steps',
    input: [STEPS, 'go', 'first', ...carried.map(({ input }) => input)],
    output: ['last', ...outputs],
    attribute: [{ name: 'body', g: body, type: ATTRIBUTE.graph }],
  };
  const stackedInputs = new Set(stacked.map(({ name }) => name));
  return {
    name: graph.name,
    node: [loop],
    initializer: [bool('go', true), int64('first', [0])],
    input: [
      info(STEPS, ONNX_TYPES.int64, []),
      ...graph.input.map((input) => (stackedInputs.has(input.name) ? withSteps(input) : input)),
    ],
    output: [...carried.map(({ output }) => named(graph.output, output)), ...scanned.map(withSteps)],
  };
}

function bodyOf(
  graph: GraphRecord,
  carried: LoopForm['carried'],
  stacked: readonly ValueInfo[],
  shared: readonly string[],
  scanned: readonly ValueInfo[],
): GraphRecord {
  const outside = new Set(shared);
  const rename = (name: string) => (name === '' || outside.has(name) ? name : within(name));
  const taken = stacked.flatMap(({ name }) => takeRow(name, within(name)));
  const count: NodeRecord = {
    opType: 'Add',
    name: 'count',
    input: [COUNTER, 'one'],
    output: ['next_counter'],
    attribute: [],
  };
  const nodes = graph.node.map((node) => ({
    ...node,
    input: node.input.map(rename),
    output: node.output.map(rename),
  }));
  const initializers = (graph.initializer as readonly { readonly name: string }[]).map((constant) => ({
    ...constant,
    name: rename(constant.name),
  }));
  const renamed = (value: ValueInfo): ValueInfo => ({ ...value, name: within(value.name) });
  return {
    name: 'step',
    node: [...taken, count, ...nodes],
    initializer: [bool('go_on', true), int64('one', [1]), int64('leading', [0]), ...initializers],
    input: [
      info('iteration', ONNX_TYPES.int64, []),
      info('condition', ONNX_TYPES.bool, []),
      info(COUNTER, ONNX_TYPES.int64, [1]),
      ...carried.map(({ input }) => renamed(named(graph.input, input))),
    ],
    output: [
      info('go_on', ONNX_TYPES.bool, []),
      info('next_counter', ONNX_TYPES.int64, [1]),
      ...carried.map(({ output }) => renamed(named(graph.output, output))),
      ...scanned.map(renamed),
    ],
  };
}

/** Row number `counter` of a stack. Gather takes its index where the data is; Slice would want it on the host. */
function takeRow(stack: string, row: string): NodeRecord[] {
  const gathered = `${row}:row`;
  const axis = { name: 'axis', i: 0, type: ATTRIBUTE.int };
  return [
    { opType: 'Gather', name: `${gathered}:gather`, input: [stack, COUNTER], output: [gathered], attribute: [axis] },
    { opType: 'Squeeze', name: `${row}:squeeze`, input: [gathered, 'leading'], output: [row], attribute: [] },
  ];
}

function named(values: readonly ValueInfo[], name: string): ValueInfo {
  const value = values.find((candidate) => candidate.name === name);
  assert(value, `loop: the program has no "${name}"`);
  return value;
}

function withSteps({ name, type: { tensorType } }: ValueInfo): ValueInfo {
  return info(name, tensorType.elemType, [{ dimParam: STEP_COUNT }, ...tensorType.shape.dim]);
}

const bool = (name: string, value: boolean): object => ({
  name,
  dims: [],
  dataType: ONNX_TYPES.bool,
  rawData: Uint8Array.of(Number(value)),
});

function int64(name: string, values: readonly number[]): object {
  const rawData = new Uint8Array(values.length * INT64_BYTES);
  const view = new DataView(rawData.buffer);
  values.forEach((value, i) => {
    view.setBigInt64(i * INT64_BYTES, BigInt(value), true);
  });
  return { name, dims: [values.length], dataType: ONNX_TYPES.int64, rawData };
}
