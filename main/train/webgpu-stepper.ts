/**
 * Runs training steps through WebGPU with the state kept on the graphics card: a step's results are the next step's
 * inputs without a copy. Every run hands out the same outputs, as the runtime demands, and what a step has replaced is
 * given back at once. A tensor on the card is never read itself: a model that does nothing brings it to the host.
 */

import { assert } from '../../native-models/core/assert.ts';
import {
  type NamedShape,
  NEXT,
  plainValues,
  type StateTensor,
  startingValue,
} from '../../native-models/optim/state.ts';
import { GRADIENT_NORM } from '../../native-models/optim/update.ts';
import { COPY, copyProgram } from '../../native-models/passes/copy.ts';
import { portableBackend } from '../../native-models/rules/onnx-portable.ts';
import { GRADIENT_CARRY, GRADIENT_SCALE, type TrainingProgram } from '../../native-models/training.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import { type Feeds, floatTensor, openSession, type Session, type SessionOptions, type Tensor } from './runtime.ts';
import type { StepResult, StepRunner } from './step-runner.ts';
import type { Place, StepPrograms } from './stepper.ts';

export class WebgpuStepper implements StepRunner {
  readonly noises: readonly NamedShape[];
  private readonly parts: readonly Part[];
  private readonly reader: Session;
  /** Every session: one that made a tensor must outlive it. */
  private readonly sessions: readonly Session[];
  private readonly state: CardState;

  private constructor(
    noises: readonly NamedShape[],
    parts: readonly Part[],
    sessions: readonly Session[],
    reader: Session,
    state: CardState,
  ) {
    this.noises = noises;
    this.parts = parts;
    this.sessions = sessions;
    this.reader = reader;
    this.state = state;
  }

  /** `values` holds every parameter; what an optimizer keeps starts at zero where it is missing. */
  static async open(
    programs: StepPrograms,
    values: ReadonlyMap<string, Float32Array>,
    options: SessionOptions,
  ): Promise<WebgpuStepper> {
    const ordered = 'program' in programs ? [programs] : [programs.gradient, programs.update];
    const own = { ...options, backend: portableBackend };
    const sessions: Session[] = [];
    try {
      const parts: Part[] = [];
      for (const program of ordered) {
        sessions.push(await openSession(program.program, { ...own, outputsOnCard: changedBy(program) }));
        parts.push(new Part(program, sessions.at(-1)!));
      }
      const state = new CardState(ordered);
      const reader = await openSession(copyProgram(state.descriptions()), own);
      sessions.push(reader);
      sessions.push(await state.fill(values, own));
      return new WebgpuStepper(ordered[0]!.noises, parts, sessions, reader, state);
    } catch (error) {
      for (const session of sessions) await session.release();
      throw error;
    }
  }

  async step(feeds: Feeds, { index, count }: Place): Promise<readonly StepResult[]> {
    const [forward, update] = this.parts as [Part, Part | undefined];
    assert(update !== undefined || count === 1, 'a whole step takes one batch');
    const scalars = {
      [GRADIENT_CARRY]: floatTensor([], Float32Array.of(index === 0 ? 0 : 1)),
      [GRADIENT_SCALE]: floatTensor([], Float32Array.of(1 / count)),
    };
    const first = await forward.run({ ...feeds, ...scalars }, this.state);
    const last = update === undefined || index < count - 1 ? first : await update.run(feeds, this.state);
    return [{ loss: first.get('loss')!, gradientNorm: last.get(GRADIENT_NORM) ?? null }];
  }

  async flush(): Promise<readonly StepResult[]> {
    return [];
  }

  async tensors(): Promise<ReadonlyMap<string, FloatTensor>> {
    const results = await this.reader.run(this.state.feeds());
    const kept = this.state.descriptions().filter(({ role }) => role !== 'gradient');
    return new Map(kept.flatMap((tensor) => plainValues(tensor, results[COPY + tensor.name]!.data as Float32Array)));
  }

  async release(): Promise<void> {
    this.state.dispose();
    for (const session of this.sessions) await session.release();
  }
}

const changedBy = ({ state }: TrainingProgram): string[] => state.map(({ name }) => NEXT + name);

/** Every tensor of the state once, on the card. */
class CardState {
  private readonly all: ReadonlyMap<string, StateTensor>;
  private readonly current = new Map<string, Tensor>();

  constructor(programs: readonly TrainingProgram[]) {
    const tensors = programs.flatMap(({ state, fixed }) => [...state, ...fixed]);
    this.all = new Map(tensors.map((tensor) => [tensor.name, tensor] as const));
  }

  descriptions(): readonly StateTensor[] {
    return [...this.all.values()];
  }

  /** Brings starting values to the card. Returns the session that did. */
  async fill(values: ReadonlyMap<string, Float32Array>, options: SessionOptions): Promise<Session> {
    const names = [...this.all.keys()];
    const outputsOnCard = names.map((name) => COPY + name);
    const writer = await openSession(copyProgram(this.descriptions()), { ...options, outputsOnCard });
    const feeds = [...this.all.values()].map(
      (tensor) => [tensor.name, floatTensor(tensor.shape, startingValue(tensor, values))] as const,
    );
    const results = await writer.run(Object.fromEntries(feeds));
    for (const name of names) this.current.set(name, results[COPY + name]!);
    return writer;
  }

  get(name: string): Tensor | undefined {
    return this.current.get(name);
  }

  feeds(): Feeds {
    return Object.fromEntries(this.current);
  }

  replace(name: string, tensor: Tensor): void {
    this.current.get(name)?.dispose();
    this.current.set(name, tensor);
  }

  dispose(): void {
    for (const tensor of this.current.values()) tensor.dispose();
    this.current.clear();
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
  async run(feeds: Feeds, state: CardState): Promise<ReadonlyMap<string, number>> {
    const given = this.inputs.map((name) => {
      const tensor = state.get(name) ?? feeds[name];
      assert(tensor, `training: nothing was fed as "${name}"`);
      return [name, tensor] as const;
    });
    const results = await this.session.run(Object.fromEntries(given));
    for (const name of this.changed) state.replace(name, results[NEXT + name]!);
    return new Map(this.scalars.map((name) => [name, (results[name]!.data as Float32Array)[0]!] as const));
  }
}
