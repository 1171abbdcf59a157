/**
 * Runs training steps. Whatever changes lives in two sets of buffers that take turns: a step reads one and writes the
 * other, so nothing is copied and nothing is allocated after the first step, and a step that fails leaves no trace.
 */

import { assert } from '../../native-models/core/assert.ts';
import { type Packing, type Packings, packings } from '../../native-models/onnx/packing.ts';
import {
  AVERAGE,
  type NamedShape,
  NEXT,
  plainValues,
  prefixOf,
  type StateTensor,
  startingValue,
} from '../../native-models/optim/state.ts';
import { GRADIENT_NORM } from '../../native-models/optim/update.ts';
import type { Layout } from '../../native-models/rules/layout.ts';
import {
  type AccumulationPrograms,
  GRADIENT_CARRY,
  GRADIENT_SCALE,
  type TrainingProgram,
} from '../../native-models/training.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import { backendFor } from './backends.ts';
import { type Feeds, floatTensor, openSession, type Session, type SessionOptions, type Tensor } from './runtime.ts';

/** One program that does a whole step, or two that share the work. */
export type StepPrograms = TrainingProgram | AccumulationPrograms;

/** Where a batch stands among those of its update. */
export interface Place {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

const ALONE: Place = { index: 0, count: 1 };

export class Stepper {
  /** Inputs to be filled with fresh uniform random numbers at every batch. */
  readonly noises: readonly NamedShape[];
  private readonly parts: readonly Part[];
  private readonly state: SharedState;
  private lastNorm: number | null = null;

  private constructor(noises: readonly NamedShape[], parts: readonly Part[], state: SharedState) {
    this.noises = noises;
    this.parts = parts;
    this.state = state;
  }

  /** `values` holds every parameter; what an optimizer keeps starts at zero where it is missing. */
  static async open(
    programs: StepPrograms,
    values: ReadonlyMap<string, Float32Array>,
    options: SessionOptions,
  ): Promise<Stepper> {
    const ordered = 'program' in programs ? [programs] : [programs.gradient, programs.update];
    const backend = options.backend ?? (await backendFor(ordered[0]!.program, options.device));
    const parts: Part[] = [];
    const state = new SharedState();
    try {
      for (const program of ordered) {
        const agreed = state.layouts();
        const session = await openSession(program.program, { ...options, backend, agreed });
        parts.push(new Part(program, session));
        state.add(program, packings(program.program, backend, agreed), values);
      }
      return new Stepper(ordered[0]!.noises, parts, state);
    } catch (error) {
      for (const { session } of parts) await session.release();
      throw error;
    }
  }

  /**
   * One batch; the last of its update changes the parameters. Returns the batch's loss before that.
   * Feeds: images, labels, noises, and the update's scalars.
   */
  async step(feeds: Feeds, place: Place = ALONE): Promise<number> {
    const [forward, update] = this.parts as [Part, Part | undefined];
    assert(update !== undefined || place.count === 1, 'a whole step takes one batch');
    const scalars = {
      [GRADIENT_CARRY]: floatTensor([], Float32Array.of(place.index === 0 ? 0 : 1)),
      [GRADIENT_SCALE]: floatTensor([], Float32Array.of(1 / place.count)),
    };
    const first = await forward.run({ ...feeds, ...scalars }, this.state);
    const isUpdate = place.index === place.count - 1;
    const last = update === undefined || !isUpdate ? first : await update.run(feeds, this.state);
    this.lastNorm = last.get(GRADIENT_NORM) ?? null;
    return first.get('loss')!;
  }

  /** Length of the last update's gradient before clipping; null where nothing is clipped. */
  gradientNorm(): number | null {
    return this.lastNorm;
  }

  /** Everything it takes to go on, by name; some in live buffers that the next step but one overwrites. */
  tensors(): Map<string, FloatTensor> {
    return this.state.tensors();
  }

  /** The values of `tensors`. */
  values(): Map<string, Float32Array> {
    return new Map([...this.tensors()].map(([name, { data }]) => [name, data] as const));
  }

  /** The model to be evaluated and kept, some of it in live buffers: its moving average where there is one. */
  model(): Map<string, FloatTensor> {
    const tensors = this.tensors();
    const own = [...tensors].filter(([name]) => prefixOf(name) === '');
    return new Map(own.map(([name, tensor]) => [name, tensors.get(AVERAGE + name) ?? tensor] as const));
  }

  async release(): Promise<void> {
    for (const { session } of this.parts) await session.release();
  }
}

interface Entry {
  readonly description: StateTensor;
  readonly packing: Packing;
  current: Tensor;
  spare: Tensor;
}

/** Every tensor of the state once, whichever program reads or writes it, in the layout that the first one takes it in. */
class SharedState {
  private readonly entries = new Map<string, Entry>();

  /** Makes room for what a program takes in and hands out. */
  add(
    { state, fixed }: TrainingProgram,
    { inputs, outputs }: Packings,
    values: ReadonlyMap<string, Float32Array>,
  ): void {
    for (const description of [...state, ...fixed]) {
      const packing = inputs.get(description.name)!;
      const known = this.entries.get(description.name) ?? this.made(description, packing, values);
      const handedOut = outputs.get(NEXT + description.name) ?? packing;
      const agrees = [packing, handedOut].every(({ layout }) => layout === known.packing.layout);
      assert(agrees, `training: "${description.name}" is ${packing.layout} here, ${handedOut.layout} there`);
      if (outputs.has(NEXT + description.name) && known.spare === known.current)
        known.spare = floatTensor(packing.shape);
    }
  }

  layouts(): ReadonlyMap<string, Layout> {
    return new Map([...this.entries].map(([name, { packing }]) => [name, packing.layout] as const));
  }

  private made(description: StateTensor, packing: Packing, values: ReadonlyMap<string, Float32Array>): Entry {
    const current = floatTensor(packing.shape, packing.pack(startingValue(description, values)));
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

  swap(name: string): void {
    const tensor = this.entries.get(name)!;
    [tensor.current, tensor.spare] = [tensor.spare, tensor.current];
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

/** One program of a step with its session. */
class Part {
  readonly session: Session;
  private readonly inputs: readonly string[];
  private readonly scalars: readonly string[];
  private readonly changed: readonly string[];

  constructor({ program, state }: TrainingProgram, session: Session) {
    this.session = session;
    this.inputs = program.inputs.map(({ source }) => (source.kind === 'input' ? source.name : ''));
    this.scalars = [...program.outputs.keys()].filter((name) => !name.startsWith(NEXT));
    this.changed = state.map(({ name }) => name);
  }

  /** Takes what it needs of `feeds` and the state; returns the scalars it hands out. */
  async run(feeds: Feeds, state: SharedState): Promise<ReadonlyMap<string, number>> {
    const given = this.inputs.map((name) => {
      const tensor = state.current(name) ?? feeds[name];
      assert(tensor, `training: nothing was fed as "${name}"`);
      return [name, tensor] as const;
    });
    const targets = [
      ...this.scalars.map((name) => [name, floatTensor([])] as const),
      ...this.changed.map((name) => [NEXT + name, state.spare(name)] as const),
    ];
    const results = await this.session.run(Object.fromEntries(given), Object.fromEntries(targets));
    for (const name of this.changed) state.swap(name);
    return new Map(this.scalars.map((name) => [name, (results[name]!.data as Float32Array)[0]!] as const));
  }
}
