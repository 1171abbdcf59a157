/**
 * Runs training steps. What changes lives in buffers that are made once: a step writes each tensor over its last value
 * where everything has read that by then, else to a second buffer that takes turns with the first. A step that fails
 * midway leaves a state of no use; a run then goes on from its last checkpoint.
 */

import type { NamedShape } from '../../native-models/optim/state.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import type { Feeds, Session, SessionOptions } from './runtime.ts';
import { openParts, type SharedState } from './shared-state.ts';
import { inOrder, type Part, type Place, StepParts, type StepPrograms } from './step-parts.ts';

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
    const { parts, sessions, state } = await openParts(ordered, values, options);
    return new Stepper(ordered[0]!.noises, parts, sessions, state);
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
