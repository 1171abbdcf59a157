/**
 * Runs training steps. The state lives in two sets of buffers that take turns: a step reads one and writes the other,
 * so nothing is copied and nothing is allocated after the first step.
 */

import { assert } from '../../native-models/core/assert.ts';
import { NEXT, type TrainingProgram } from '../../native-models/training.ts';
import { type Feeds, floatTensor, openSession, type Session, type SessionOptions } from './runtime.ts';

export class Stepper {
  private readonly session: Session;
  private readonly fixed: Feeds;
  private current: Feeds;
  private spare: Feeds;

  private constructor(session: Session, fixed: Feeds, current: Feeds, spare: Feeds) {
    this.session = session;
    this.fixed = fixed;
    this.current = current;
    this.spare = spare;
  }

  /** `values` holds every parameter; a velocity that is missing starts at zero. */
  static async open(
    { program, state, fixed }: TrainingProgram,
    values: ReadonlyMap<string, Float32Array>,
    options: SessionOptions,
  ): Promise<Stepper> {
    const session = await openSession(program, options);
    const valueFor = (name: string, role: string) => {
      const value = values.get(name) ?? null;
      assert(value !== null || role === 'velocity', `training: no value for "${name}"`);
      return value;
    };
    const current = state.map(({ name, shape, role }) => [name, floatTensor(shape, valueFor(name, role))] as const);
    const spare = state.map(({ name, shape }) => [name, floatTensor(shape)] as const);
    const constant = fixed.map(({ name, shape }) => [name, floatTensor(shape, valueFor(name, 'weight'))] as const);
    return new Stepper(session, Object.fromEntries(constant), Object.fromEntries(current), Object.fromEntries(spare));
  }

  /** One optimizer step. Feeds: images, labels, learning_rate and noises. Returns the loss before the update. */
  async step(feeds: Feeds): Promise<number> {
    const targets = Object.entries(this.spare).map(([name, tensor]) => [NEXT + name, tensor] as const);
    const results = await this.session.run(
      { ...feeds, ...this.fixed, ...this.current },
      { loss: floatTensor([]), ...Object.fromEntries(targets) },
    );
    [this.current, this.spare] = [this.spare, this.current];
    return (results['loss']!.data as Float32Array)[0]!;
  }

  /** Parameters, statistics and velocities by name, in live buffers: the next step but one overwrites them. */
  values(): Map<string, Float32Array> {
    const tensors = Object.entries({ ...this.fixed, ...this.current });
    return new Map(tensors.map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
