/**
 * Our side of the operator table. A line `{…case…}` makes that case ready and answers `{}`; a line `go` runs it for a
 * while and answers the time of one run, `{ "cpu_ms", "wall_ms" }`; a line `write FILE` writes its operands and results
 * to a file.
 */

import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Feeds, floatTensor, openSession, runInto, type Session } from '../../main/train/runtime.ts';
import type { Program } from '../../native-models/core/program.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { type Shape, sizeOf } from '../../native-models/core/shape.ts';
import { type Packing, type Packings, packings } from '../../native-models/onnx/packing.ts';
import { written } from '../../native-models/onnx/write.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { type FloatTensor, writeSafetensors } from '../../native-models/weights/safetensors.ts';
import { messageOf } from '../../preload/contract/errors.ts';
import { opBackend } from './op-backend.ts';
import type { OpCase } from './op-cases.ts';
import { opPrograms } from './op-program.ts';

const ROUND_MS = 40; // long enough for the clock of a process, short enough for many rounds

interface Ready {
  readonly session: Session;
  readonly packings: Packings;
  /** What the case is made of: `x0`, `x1`, … and, for a backward pass, `g`. */
  readonly operands: Feeds;
  readonly feeds: Feeds;
  readonly results: Feeds;
}

const { values } = parseArgs({ options: { backend: { type: 'string', default: '' } } });
const OPTIONS = { device: 'cpu', threads: 1 } as const;
const inputNames = ({ inputs }: Program) => inputs.map(({ source }) => (source.kind === 'input' ? source.name : ''));

/** Uniform in ±sqrt(3), so of variance 1. */
function noise(name: string, shape: Shape): Feeds[string] {
  const rng = rngFrom(0, name);
  return floatTensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => Math.sqrt(3) * (2 * rng.uniform() - 1)),
  );
}

async function prepare(entry: OpCase): Promise<Ready> {
  const { timed, before } = opPrograms(entry);
  const named = [
    ...entry.shapes.map((shape, i) => [`x${i}`, shape] as const),
    ...timed.inputs.flatMap(({ source, shape }) =>
      source.kind === 'input' && source.name === 'g' ? [['g', shape] as const] : [],
    ),
  ];
  const operands = Object.fromEntries(named.map(([name, shape]) => [name, noise(name, shape)]));
  const plain = { ...operands };
  if (before !== null) {
    const session = await openSession(before, { ...OPTIONS, backend: standardBackend });
    Object.assign(plain, await session.run(only(plain, inputNames(before))));
    await session.release();
  }
  const backend = await opBackend(values.backend, entry);
  const layouts = packings(timed, backend);
  const feeds = [...layouts.inputs].map(([name, packing]) => [name, packed(plain[name]!, packing)] as const);
  // As a training step is run: into buffers, and handed out nothing, which would be timed as well.
  const { bytes, buffers } = written(timed, backend, { name: entry.name, successors: new Map() });
  const results = [...buffers].map(([name, { shape }]) => [name, floatTensor(shape)] as const);
  return {
    session: await openSession(bytes, { ...OPTIONS, backend }),
    packings: layouts,
    operands,
    feeds: Object.fromEntries(feeds),
    results: Object.fromEntries(results),
  };
}

function packed(tensor: Feeds[string], { layout, shape, pack }: Packing): Feeds[string] {
  return layout === 'plain' ? tensor : floatTensor(shape, pack(tensor.data as Float32Array));
}

const only = (feeds: Feeds, names: readonly string[]): Feeds =>
  Object.fromEntries(names.map((name) => [name, feeds[name]!]));

async function round({ session, feeds, results }: Ready): Promise<object> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  let runs = 0;
  while (runs === 0 || performance.now() - wall < ROUND_MS) {
    await runInto(session, feeds, results);
    runs++;
  }
  const used = process.cpuUsage(cpu);
  return { cpu_ms: (used.user + used.system) / 1000 / runs, wall_ms: (performance.now() - wall) / runs };
}

async function write({ session, packings: { outputs }, operands, feeds, results }: Ready, file: string): Promise<void> {
  await runInto(session, feeds, results);
  const tensors = new Map<string, FloatTensor>();
  for (const [name, { dims, data }] of Object.entries(operands)) {
    tensors.set(name, { shape: dims, data: data as Float32Array });
  }
  for (const [name, { dims, data }] of Object.entries(results)) {
    // The peer knows the plain shape; the file only has to hold the elements in plain order.
    const values = outputs.get(name)!.unpack(data as Float32Array);
    tensors.set(name, { shape: values.length === data.length ? dims : [values.length], data: values });
  }
  writeFileSync(file, writeSafetensors(tensors));
}

const WRITE = 'write ';
let ready: Ready | null = null;
for await (const line of createInterface({ input: process.stdin })) {
  let answer: object = {};
  try {
    if (line.startsWith('{')) {
      await ready?.session.release();
      ready = await prepare(JSON.parse(line) as OpCase);
      await round(ready);
    } else if (ready === null) throw new Error(`"${line}" came before a case`);
    else if (line.startsWith(WRITE)) await write(ready, line.slice(WRITE.length));
    else answer = await round(ready);
  } catch (error) {
    answer = { error: messageOf(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
