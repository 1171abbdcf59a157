/** The programs of a training step with their sessions, run in turn over one state, wherever that state lives. */

import { assert } from '../../native-models/core/assert.ts';
import type { Program } from '../../native-models/core/program.ts';
import type { OutputBuffer } from '../../native-models/onnx/lowering.ts';
import { NEXT } from '../../native-models/optim/state.ts';
import { GRADIENT_NORM } from '../../native-models/optim/update.ts';
import {
  type AccumulationPrograms,
  GRADIENT_CARRY,
  GRADIENT_SCALE,
  type TrainingProgram,
} from '../../native-models/training.ts';
import { type Feeds, floatTensor, newTensor, runInto, type Session, Tensor } from './runtime.ts';
import type { StepResult } from './step-runner.ts';

/** One program that does a whole step, or two that share the work. */
export type StepPrograms = TrainingProgram | AccumulationPrograms;

/** The programs in the order in which they are run. */
export const inOrder = (programs: StepPrograms): readonly TrainingProgram[] =>
  'program' in programs ? [programs] : [programs.gradient, programs.update];

/** Where a batch stands among those of its update. */
export interface Place {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** What changes from step to step, by name. */
export interface StepState {
  current(name: string): Tensor | undefined;
  /** The buffer a run is to write a tensor's next value to, where the runtime makes none. */
  spare(name: string): Tensor;
  /** The tensor that a run has made takes the place of the one before, unless it was written over it. */
  replace(name: string, made: Tensor): void;
}

export class StepParts {
  private readonly parts: readonly Part[];
  private readonly state: StepState;

  constructor(parts: readonly Part[], state: StepState) {
    this.parts = parts;
    this.state = state;
  }

  /**
   * One batch; the last of its update changes the parameters. The loss is that before the change.
   * Feeds: images, labels, noises, and the update's scalars.
   */
  async step(feeds: Feeds, { index, count }: Place): Promise<StepResult> {
    const [forward, update] = this.parts as [Part, Part | undefined];
    assert(update !== undefined || count === 1, 'a whole step takes one batch');
    const scalars = {
      [GRADIENT_CARRY]: floatTensor([], Float32Array.of(index === 0 ? 0 : 1)),
      [GRADIENT_SCALE]: floatTensor([], Float32Array.of(1 / count)),
    };
    const first = await forward.run({ ...feeds, ...scalars }, this.state);
    const last = update === undefined || index < count - 1 ? first : await update.run(feeds, this.state);
    return { loss: first.get('loss')!, gradientNorm: last.get(GRADIENT_NORM) ?? null };
  }
}

/** One program of a step with its session. */
export class Part {
  private readonly session: Session;
  private readonly inputs: readonly string[];
  private readonly told: readonly string[];
  private readonly outputs: Program['outputs'];
  private readonly changed: readonly string[];
  private readonly buffers: ReadonlyMap<string, OutputBuffer> | null;

  /** `buffers`: how outputs are written to buffers of our own; null where the runtime makes its own and hands them out. */
  constructor(
    { program, state }: TrainingProgram,
    session: Session,
    buffers: ReadonlyMap<string, OutputBuffer> | null,
  ) {
    this.session = session;
    this.inputs = program.inputs.map(({ source }) => (source.kind === 'input' ? source.name : ''));
    this.outputs = program.outputs;
    this.told = [...program.outputs.keys()].filter((name) => !name.startsWith(NEXT));
    this.changed = state.map(({ name }) => name);
    this.buffers = buffers;
  }

  /** Takes what it needs of `feeds` and the state; returns the scalars it hands out. */
  async run(feeds: Feeds, state: StepState): Promise<ReadonlyMap<string, number>> {
    const told = await this.runWith(feeds, state);
    return new Map(Object.entries(told).map(([name, { data }]) => [name, (data as Float32Array)[0]!] as const));
  }

  /** The same; returns whatever else than the state it hands out. */
  async runWith(feeds: Feeds, state: StepState): Promise<Feeds> {
    const given = this.inputs.map((name) => {
      const tensor = state.current(name) ?? feeds[name];
      assert(tensor, `training: nothing was fed as "${name}"`);
      return [name, tensor] as const;
    });
    const results = await this.results(Object.fromEntries(given), state);
    for (const name of this.changed) state.replace(name, results[NEXT + name]!);
    return Object.fromEntries(this.told.map((name) => [name, results[name]!] as const));
  }

  private async results(given: Feeds, state: StepState): Promise<Feeds> {
    if (this.buffers === null) return this.session.run(given);
    const targets = [...this.buffers].map(([name, buffer]) => [name, this.target(name, buffer, state)] as const);
    const results = Object.fromEntries(targets);
    await runInto(this.session, given, results);
    return results;
  }

  /** A tensor of the state is written over its present value or to its spare buffer, all else to a buffer of its own. */
  private target(name: string, { shape, inPlace }: OutputBuffer, state: StepState): Tensor {
    if (!name.startsWith(NEXT)) return newTensor(this.outputs.get(name)!.dtype, shape);
    const own = name.slice(NEXT.length);
    const tensor = inPlace ? state.current(own)! : state.spare(own);
    return new Tensor('float32', tensor.data as Float32Array, shape);
  }
}
