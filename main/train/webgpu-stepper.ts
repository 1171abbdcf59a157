/**
 * Runs training steps through WebGPU with the state kept on the graphics card: a step's results are the next step's
 * inputs without a copy. Every run hands out the same outputs, as the runtime demands, and what a step has replaced is
 * given back at once. A tensor on the card is never read itself: a model that does nothing brings it to the host.
 */

import {
  type NamedShape,
  NEXT,
  plainValues,
  type StateTensor,
  startingValue,
} from '../../native-models/optim/state.ts';
import { COPY, copyProgram } from '../../native-models/passes/copy.ts';
import { portableBackend } from '../../native-models/rules/onnx-portable.ts';
import type { TrainingProgram } from '../../native-models/training.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import { type Feeds, floatTensor, openSession, type Session, type SessionOptions, type Tensor } from './runtime.ts';
import { inOrder, Part, type Place, StepParts, type StepPrograms, type StepState } from './step-parts.ts';
import type { StepResult, StepRunner } from './step-runner.ts';

export class WebgpuStepper implements StepRunner {
  readonly noises: readonly NamedShape[];
  private readonly parts: StepParts;
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
    this.parts = new StepParts(parts, state);
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
    const ordered = inOrder(programs);
    const own = { ...options, backend: portableBackend };
    const sessions: Session[] = [];
    try {
      const parts: Part[] = [];
      for (const program of ordered) {
        sessions.push(await openSession(program.program, { ...own, outputsOnCard: changedBy(program) }));
        parts.push(new Part(program, sessions.at(-1)!, null));
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

  async step(feeds: Feeds, place: Place): Promise<readonly StepResult[]> {
    return [await this.parts.step(feeds, place)];
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
class CardState implements StepState {
  private readonly all: ReadonlyMap<string, StateTensor>;
  private readonly tensors = new Map<string, Tensor>();

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
    for (const name of names) this.tensors.set(name, results[COPY + name]!);
    return writer;
  }

  current(name: string): Tensor | undefined {
    return this.tensors.get(name);
  }

  spare(): never {
    throw new Error('webgpu: the runtime makes the buffers');
  }

  feeds(): Feeds {
    return Object.fromEntries(this.tensors);
  }

  replace(name: string, tensor: Tensor): void {
    this.tensors.get(name)?.dispose();
    this.tensors.set(name, tensor);
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }
}
