/**
 * Whether the runtime's blocked operators give the numbers of its plain ones on this machine. The blocked layout is
 * internal to the runtime, so it is used only where this says so.
 */

import * as ort from 'onnxruntime-node';
import type { Program } from '../../native-models/core/program.ts';
import { sizeOf } from '../../native-models/core/shape.ts';
import { packings } from '../../native-models/onnx/packing.ts';
import { written } from '../../native-models/onnx/write.ts';
import type { Backend } from '../../native-models/rules/emitter.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { runInto } from './runtime.ts';
import { NEXT, selfTestPrograms } from './self-test-programs.ts';

const TOLERANCE = 1e-3; // of the norm; a wrong layout is off by far more, rounding by far less
/** An activation within rounding of a kink falls on either side: other numbers have none there. */
const DRAWS = [1, 2];

/** Opens a session for the bytes of a model file. */
export type OpenSession = (bytes: Uint8Array) => Promise<ort.InferenceSession>;

const openPlainly: OpenSession = (bytes) =>
  ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: 4, // an operator that is not there is told by what is thrown
  });

/** How the backend differs from plain operators, in words; null where it does not, gradients and updates included. */
export async function disagreement(backend: Backend, open: OpenSession = openPlainly): Promise<string | null> {
  for (const [name, make] of Object.entries(selfTestPrograms)) {
    const program = make();
    let words: string | null = null;
    for (const draw of DRAWS) {
      words = await differenceOf(program, backend, inputsOf(program, draw), open);
      if (words === null) break;
    }
    if (words !== null) return `${name}: ${words}`;
  }
  return null;
}

async function differenceOf(
  program: Program,
  backend: Backend,
  inputs: ReadonlyMap<string, Float32Array>,
  open: OpenSession,
): Promise<string | null> {
  const expected = await results(program, standardBackend, inputs, openPlainly);
  try {
    const actual = await results(program, backend, inputs, open);
    for (const [name, values] of expected) {
      const far = distance(actual.get(name)!, values);
      // What is no number is no nearer than anything else.
      if (!(far < TOLERANCE)) return `"${name}" is off by ${far.toPrecision(2)} of its length`;
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Numbers in -1..1 without a period that a layout could hide behind. */
function inputsOf(program: Program, draw: number): ReadonlyMap<string, Float32Array> {
  return new Map(
    program.inputs.map(({ source, shape }) => {
      const values = new Float32Array(sizeOf(shape));
      for (let i = 0; i < values.length; i++) values[i] = Math.sin(draw + i * 1.7 + i * i * 0.013);
      return [source.kind === 'input' ? source.name : '', values] as const;
    }),
  );
}

/** Run as training steps are: into buffers, with the blocked layout into those of the parameters. */
async function results(
  program: Program,
  backend: Backend,
  inputs: ReadonlyMap<string, Float32Array>,
  open: OpenSession,
): Promise<Map<string, Float32Array>> {
  const layouts = packings(program, backend);
  const isNext = (name: string) => backend.layouts !== null && name.startsWith(NEXT);
  const successors = [...program.outputs.keys()].filter(isNext).map((name) => [name, name.slice(NEXT.length)] as const);
  const { bytes, buffers } = written(program, backend, { name: 'self-test', successors: new Map(successors) });
  const session = await open(bytes);
  const feeds = new Map(
    [...inputs].map(([name, values]) => {
      const { pack, shape } = layouts.inputs.get(name)!;
      const packed = pack(values); // a copy, unless the layout is the plain one: what lies there is written over
      return [name, new ort.Tensor('float32', packed === values ? values.slice() : packed, shape)] as const;
    }),
  );
  const targets = [...buffers].map(([name, { shape, inPlace }]) => {
    const data = inPlace ? feeds.get(name.slice(NEXT.length))!.data : new Float32Array(sizeOf(shape));
    return [name, new ort.Tensor('float32', data as Float32Array, shape)] as const;
  });
  await runInto(session, Object.fromEntries(feeds), Object.fromEntries(targets));
  await session.release();
  return new Map(
    targets.map(([name, { data }]) => [name, layouts.outputs.get(name)!.unpack(data as Float32Array)] as const),
  );
}

function distance(actual: Float32Array, expected: Float32Array): number {
  let [difference, length] = [0, Number.MIN_VALUE];
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    length += expected[i]! ** 2;
  }
  return Math.sqrt(difference / length);
}
