/**
 * Runs updates whose batch norms see all batches as one. The batches of an update gather here; then all run the first
 * stage, what they say of their channels is averaged, all run the second, and so on through the network and back. What a
 * stage leaves to a later one is kept for each batch until nothing reads it any more.
 */

import type { NamedShape } from '../../native-models/optim/state.ts';
import { GRADIENT_NORM } from '../../native-models/optim/update.ts';
import { ACROSS, KEPT, SAID } from '../../native-models/passes/stages.ts';
import type { Layout } from '../../native-models/rules/layout.ts';
import {
  GRADIENT_CARRY,
  GRADIENT_SCALE,
  type StageProgram,
  type SynchronisedPrograms,
} from '../../native-models/training.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import { type Feeds, floatTensor, type Session, type SessionOptions, Tensor } from './runtime.ts';
import { openParts, type SharedState } from './shared-state.ts';
import type { Part, Place } from './step-parts.ts';
import type { StepResult, StepRunner } from './step-runner.ts';

interface Stage {
  readonly part: Part;
  readonly lastReads: readonly string[];
}

export class SynchronisedStepper implements StepRunner {
  readonly noises: readonly NamedShape[];
  private readonly stages: readonly Stage[];
  private readonly update: Part;
  private readonly sessions: readonly Session[];
  private readonly state: SharedState;
  private waiting: Feeds[] = [];

  private constructor(
    noises: readonly NamedShape[],
    stages: readonly Stage[],
    update: Part,
    sessions: readonly Session[],
    state: SharedState,
  ) {
    this.noises = noises;
    this.stages = stages;
    this.update = update;
    this.sessions = sessions;
    this.state = state;
  }

  /** `values` holds every parameter; what an optimizer keeps starts at zero where it is missing. */
  static async open(
    { stages, update }: SynchronisedPrograms,
    values: ReadonlyMap<string, Float32Array>,
    options: SessionOptions,
  ): Promise<SynchronisedStepper> {
    // Memory that each of so many sessions kept for itself would be many times what one run takes.
    const own = { ...options, keepsMemory: false };
    const { parts, sessions, state } = await openParts([...stages, update], values, own, (block) =>
      keptLayouts(stages, block),
    );
    const noises = new Map(stages.flatMap((stage) => stage.noises.map((noise) => [noise.name, noise] as const)));
    const ordered = stages.map(({ lastReads }, i) => ({ part: parts[i]!, lastReads }));
    return new SynchronisedStepper([...noises.values()], ordered, parts.at(-1)!, sessions, state);
  }

  /** Takes one batch, whose images may change once this is done; the last of an update runs them all. */
  async step(feeds: Feeds, { index, count }: Place): Promise<readonly StepResult[]> {
    this.waiting.push(index < count - 1 ? copied(feeds) : feeds);
    if (index < count - 1) return [];
    const batches = this.waiting;
    this.waiting = [];
    return this.run(batches);
  }

  async flush(): Promise<readonly StepResult[]> {
    return [];
  }

  async tensors(): Promise<ReadonlyMap<string, FloatTensor>> {
    return this.state.tensors();
  }

  async release(): Promise<void> {
    for (const session of this.sessions) await session.release();
  }

  private async run(batches: readonly Feeds[]): Promise<StepResult[]> {
    const scale = { [GRADIENT_SCALE]: scalar(1 / batches.length) };
    const across: Feeds = {};
    const kept = batches.map((): Feeds => ({}));
    const losses: number[] = [];
    for (const stage of this.stages) {
      const means = new Means(batches.length);
      for (const [i, fed] of batches.entries()) {
        const carry = { [GRADIENT_CARRY]: scalar(i === 0 ? 0 : 1) };
        const given = { ...fed, ...across, ...kept[i]!, ...scale, ...carry };
        const told = await stage.part.runWith(given, this.state);
        for (const [name, tensor] of Object.entries(told)) {
          if (name.startsWith(KEPT)) kept[i]![name] = tensor;
          else if (name.startsWith(SAID)) means.add(ACROSS + name.slice(SAID.length), tensor);
          else if (name === 'loss') losses[i] = (tensor.data as Float32Array)[0]!;
        }
        for (const name of stage.lastReads) {
          freed(kept[i]![name]!);
          delete kept[i]![name];
        }
      }
      Object.assign(across, means.tensors());
    }
    const told = await this.update.run({ ...batches[0]!, ...scale, ...across }, this.state);
    const norm = told.get(GRADIENT_NORM) ?? null;
    return losses.map((loss, i) => ({ loss, gradientNorm: i === losses.length - 1 ? norm : null }));
  }
}

const scalar = (value: number): Tensor => floatTensor([], Float32Array.of(value));

/** Decoded images lie in a ring of buffers that the next batches are written to. */
function copied(feeds: Feeds): Feeds {
  const { images } = feeds;
  if (images === undefined) return feeds;
  return { ...feeds, images: new Tensor(images.type, images.data.slice() as never, images.dims) };
}

/** Memory goes back at once: the collector would find it when there are batches of it. */
function freed({ data }: Tensor): void {
  ((data as Float32Array).buffer as ArrayBuffer).transfer(0);
}

/** Maps stay in the layout that their readers want. */
function keptLayouts(stages: readonly StageProgram[], block: number): Map<string, Layout> {
  const maps = stages.flatMap(({ program }) =>
    [...program.outputs].filter(([name, { dtype, shape }]) => {
      return name.startsWith(KEPT) && dtype === 'float32' && shape.length === 4 && shape[1]! >= block;
    }),
  );
  return new Map(maps.map(([name]) => [name, 'blocked'] as const));
}

/** Means of vectors over batches, added up in double precision. */
class Means {
  private readonly count: number;
  private readonly sums = new Map<string, Float64Array>();

  constructor(count: number) {
    this.count = count;
  }

  add(name: string, { data }: Tensor): void {
    const sum = this.sums.get(name) ?? new Float64Array(data.length);
    (data as Float32Array).forEach((value, i) => {
      sum[i]! += value / this.count;
    });
    this.sums.set(name, sum);
  }

  tensors(): Feeds {
    return Object.fromEntries(
      [...this.sums].map(([name, sum]) => [name, floatTensor([sum.length], Float32Array.from(sum))]),
    );
  }
}
