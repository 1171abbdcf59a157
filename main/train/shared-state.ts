/**
 * What changes from step to step, in buffers of this process, and the sessions of the programs that change it. Every
 * tensor is there once, whichever program reads or writes it.
 */

import { assert } from '../../native-models/core/assert.ts';
import type { OutputBuffer } from '../../native-models/onnx/lowering.ts';
import { type Packing, type Packings, packings } from '../../native-models/onnx/packing.ts';
import { written } from '../../native-models/onnx/write.ts';
import { NEXT, plainValues, type StateTensor, startingValue } from '../../native-models/optim/state.ts';
import type { Layout } from '../../native-models/rules/layout.ts';
import type { TrainingProgram } from '../../native-models/training.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import { backendFor } from './backends.ts';
import { floatTensor, openSession, type Session, type SessionOptions, Tensor } from './runtime.ts';
import { Part, type StepState } from './step-parts.ts';

export interface OpenedParts {
  readonly parts: readonly Part[];
  readonly sessions: readonly Session[];
  readonly state: SharedState;
}

/**
 * A session for each program, over one state. `values` holds every parameter; what an optimizer keeps starts at zero
 * where it is missing. `agreed` holds layouts of what one program leaves to another beside the state.
 */
export async function openParts(
  programs: readonly TrainingProgram[],
  values: ReadonlyMap<string, Float32Array>,
  options: SessionOptions,
  agreed: (block: number) => ReadonlyMap<string, Layout> = () => new Map(),
): Promise<OpenedParts> {
  const backend = options.backend ?? (await backendFor(programs[0]!.program, options.device));
  const passedOn = backend.layouts === null ? new Map<string, Layout>() : agreed(backend.layouts.block);
  const parts: Part[] = [];
  const sessions: Session[] = [];
  const state = new SharedState();
  try {
    for (const program of programs) {
      const layouts = new Map([...passedOn, ...state.layouts()]);
      const successors = backend.layouts === null ? new Map() : successorsOf(program);
      const { bytes, buffers } = written(program.program, backend, { name: 'training', agreed: layouts, successors });
      sessions.push(await openSession(bytes, { ...options, backend }));
      parts.push(new Part(program, sessions.at(-1)!, buffers));
      state.add(program, packings(program.program, backend, layouts), buffers, values);
    }
    return { parts, sessions, state };
  } catch (error) {
    for (const session of sessions) await session.release();
    throw error;
  }
}

/** Of a program that the runtime runs as it is written; where it is rewritten first, the order is no longer known. */
const successorsOf = ({ state }: TrainingProgram): ReadonlyMap<string, string> =>
  new Map(state.map(({ name }) => [NEXT + name, name] as const));

interface Entry {
  readonly description: StateTensor;
  readonly packing: Packing;
  current: Tensor;
  spare: Tensor;
}

/** Every tensor of the state once, whichever program reads or writes it, in the layout that the first one takes it in. */
export class SharedState implements StepState {
  private readonly entries = new Map<string, Entry>();

  /** Makes room for what a program takes in and hands out. */
  add(
    { state, fixed }: TrainingProgram,
    { inputs, outputs }: Packings,
    buffers: ReadonlyMap<string, OutputBuffer>,
    values: ReadonlyMap<string, Float32Array>,
  ): void {
    for (const description of [...state, ...fixed]) {
      const packing = inputs.get(description.name)!;
      const known = this.entries.get(description.name) ?? this.made(description, packing, values);
      const handedOut = outputs.get(NEXT + description.name) ?? packing;
      const agrees = [packing, handedOut].every(({ layout }) => layout === known.packing.layout);
      assert(agrees, `training: "${description.name}" is ${packing.layout} here, ${handedOut.layout} there`);
      const needsSpare = buffers.get(NEXT + description.name)?.inPlace === false;
      if (needsSpare && known.spare === known.current) known.spare = floatTensor(packing.shape);
    }
  }

  layouts(): ReadonlyMap<string, Layout> {
    return new Map([...this.entries].map(([name, { packing }]) => [name, packing.layout] as const));
  }

  private made(description: StateTensor, packing: Packing, values: ReadonlyMap<string, Float32Array>): Entry {
    const plain = startingValue(description, values);
    const packed = packing.pack(plain);
    if (packed !== plain) (plain.buffer as ArrayBuffer).transfer(0); // else the collector finds it after the first step
    const current = new Tensor('float32', packed, packing.shape);
    const entry: Entry = { description, packing, current, spare: current };
    this.entries.set(description.name, entry);
    return entry;
  }

  current(name: string): Tensor | undefined {
    return this.entries.get(name)?.current;
  }

  spare(name: string): Tensor {
    return this.entries.get(name)!.spare;
  }

  /** Where the run wrote to the spare buffer, the two change places. */
  replace(name: string, made: Tensor): void {
    const tensor = this.entries.get(name)!;
    if (made.data === tensor.spare.data) [tensor.current, tensor.spare] = [tensor.spare, tensor.current];
  }

  /** Gradients added up so far are left out: they mean nothing once an update has used them. */
  tensors(): Map<string, FloatTensor> {
    const kept = [...this.entries.values()].filter(({ description }) => description.role !== 'gradient');
    return new Map(
      kept.flatMap(({ description, packing, current }) =>
        plainValues(description, packing.unpack(current.data as Float32Array)),
      ),
    );
  }
}
