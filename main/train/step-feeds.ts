/** What is fed to the programs of a step besides the state. */

import { rngFrom } from '../../native-models/core/rng.ts';
import { sizeOf } from '../../native-models/core/shape.ts';
import { scalarsAt } from '../../native-models/optim/optimizer.ts';
import { learningRateFactor } from '../../native-models/optim/schedules.ts';
import type { NamedShape } from '../../native-models/optim/state.ts';
import { AVERAGE_WEIGHT, averageDecay } from '../../native-models/optim/update.ts';
import type { Plan } from './plan.ts';
import { type Feeds, floatTensor } from './runtime.ts';

/** Fresh random numbers that depend on seed, epoch and step alone. */
export function noiseFeeds(plan: Plan, noises: readonly NamedShape[], epoch: number, step: number): Feeds {
  const drawn = noises.map(({ name, shape }) => {
    const rng = rngFrom(plan.seed, name, epoch, step);
    const values = Float32Array.from({ length: sizeOf(shape) }, () => rng.uniform());
    return [name, floatTensor(shape, values)] as const;
  });
  return Object.fromEntries(drawn);
}

/** The learning rate of an update. Units: `update` counts a run's updates from 0. */
export function learningRateAt({ schedule, learningRate, updates, epochs }: Plan, update: number): number {
  return learningRate * learningRateFactor(schedule, { step: update, stepsPerEpoch: updates, totalEpochs: epochs });
}

/** The scalars of an update. Units: `update` counts a run's updates from 0. */
export function updateFeeds(plan: Plan, update: number): Feeds {
  const scalars = scalarsAt(plan.optimizer, learningRateAt(plan, update), update + 1);
  const average =
    plan.averageDecay === null ? {} : { [AVERAGE_WEIGHT]: 1 - averageDecay(plan.averageDecay, update + 1) };
  const entries = Object.entries({ ...scalars, ...average });
  return Object.fromEntries(entries.map(([name, value]) => [name, floatTensor([], Float32Array.of(value))]));
}
