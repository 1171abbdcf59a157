/**
 * Runs training steps. What changes lives in buffers that are made once: a step writes each tensor over its last value
 * where everything has read that by then, else to a second buffer that takes turns with the first. A step that fails
 * midway leaves a state of no use; a run then goes on from its last checkpoint.
 */

import { assert } from '../../native-models/core/assert.ts';
import type { OutputBuffer } from '../../native-models/onnx/lowering.ts';
import { type Packing, type Packings, packings } from '../../native-models/onnx/packing.ts';
import { written } from '../../native-models/onnx/write.ts';
import {
  type NamedShape,
  NEXT,
  plainValues,
  type StateTensor,
  startingValue,
} from '../../native-models/optim/state.ts';
import type { Layout } from '../../native-models/rules/layout.ts';
import type { TrainingProgram } from '../../native-models/training.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import { backendFor } from './backends.ts';
import { type Feeds, floatTensor, openSession, type Session, type SessionOptions, Tensor } from './runtime.ts';
import { inOrder, Part, type Place, StepParts, type StepPrograms, type StepState } from './step-parts.ts';

export const ALONE: Place = { index: 0, count: 1 };

export class Stepper {
  /** Inputs to be filled with fresh uniform random numbers at every batch. */
  readonly noises: readonly NamedShape[];
  private readonly parts: StepParts;
  private readonly sessions: readonly Session[];
  private readonly state: SharedState;
  private lastNorm: number | null = null;

  private constructor(
    noises: readonly NamedShape[],
    parts: readonly Part[],
    sessions: readonly Session[],
    state: SharedState,
  ) {
    this.noises = noises;
    this.parts = new StepParts(parts, state);
    this.sessions = sessions;
    this.state = state;
  }

  /** `values` holds every parameter; what an optimizer keeps starts at zero where it is missing. */
  static async open(
    programs: StepPrograms,
    values: ReadonlyMap<string, Float32Array>,
    options: SessionOptions,
  ): Promise<Stepper> {
    const ordered = inOrder(programs);
    const backend = options.backend ?? (await backendFor(ordered[0]!.program, options.device));
    const parts: Part[] = [];
    const sessions: Session[] = [];
    const state = new SharedState();
    try {
      for (const program of ordered) {
        const agreed = state.layouts();
        const successors = backend.layouts === null ? new Map() : successorsOf(program);
        const { bytes, buffers } = written(program.program, backend, { name: 'training', agreed, successors });
        sessions.push(await openSession(bytes, { ...options, backend }));
        parts.push(new Part(program, sessions.at(-1)!, buffers));
        state.add(program, packings(program.program, backend, agreed), buffers, values);
      }
      return new Stepper(ordered[0]!.noises, parts, sessions, state);
    } catch (error) {
      for (const session of sessions) await session.release();
      throw error;
    }
  }

  /** One batch, as `StepParts.step`. Returns its loss. */
  async step(feeds: Feeds, place: Place = ALONE): Promise<number> {
    const { loss, gradientNorm } = await this.parts.step(feeds, place);
    this.lastNorm = gradientNorm;
    return loss;
  }

  /** Length of the last update's gradient before clipping; null where nothing is clipped. */
  gradientNorm(): number | null {
    return this.lastNorm;
  }

  /** Everything it takes to go on, by name; some in live buffers that the next step overwrites. */
  tensors(): Map<string, FloatTensor> {
    return this.state.tensors();
  }

  /** The values of `tensors`. */
  values(): Map<string, Float32Array> {
    return new Map([...this.tensors()].map(([name, { data }]) => [name, data] as const));
  }

  async release(): Promise<void> {
    for (const session of this.sessions) await session.release();
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
class SharedState implements StepState {
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
