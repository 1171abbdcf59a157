/** What is fed to the programs of a step besides the state. */

import { rngFrom } from '../../native-models/core/rng.ts';
import { sizeOf } from '../../native-models/core/shape.ts';
import { scalarsAt } from '../../native-models/optim/optimizer.ts';
import { learningRateFactor } from '../../native-models/optim/schedules.ts';
import type { NamedShape } from '../../native-models/optim/state.ts';
import { AVERAGE_WEIGHT, averageDecay } from '../../native-models/optim/update.ts';
import type { Batch } from '../images/feed.ts';
import type { Plan } from './plan.ts';
import type { TrainJob } from './protocol.ts';
import { type Feeds, floatTensor, Tensor } from './runtime.ts';
import { activationOf, trueClasses, trueSets } from './truth.ts';

/** A batch's images and labels, and fresh random numbers that depend on seed, epoch and step alone. */
export function batchFeeds(
  batch: Batch,
  job: Pick<TrainJob, 'task' | 'train' | 'classes'>,
  plan: Plan,
  noises: readonly NamedShape[],
  epoch: number,
  step: number,
): Feeds {
  const drawn = noises.map(({ name, shape }) => {
    const rng = rngFrom(plan.seed, name, epoch, step);
    const values = Float32Array.from({ length: sizeOf(shape) }, () => rng.uniform());
    return [name, floatTensor(shape, values)] as const;
  });
  return {
    images: new Tensor('uint8', batch.images, [batch.count, 3, plan.cropSize, plan.cropSize]),
    labels: labelTensor(batch, job),
    ...Object.fromEntries(drawn),
  };
}

/** Shapes: int32 [N] where every image has one class, else float32 [N,C] of 0 and 1. */
function labelTensor({ indices, count }: Batch, { task, train, classes }: Parameters<typeof batchFeeds>[1]): Tensor {
  const samples = Array.from(indices, (index) => train[index]!);
  switch (activationOf(task)) {
    case 'softmax':
      return new Tensor('int32', trueClasses(samples), [count]);
    case 'sigmoid':
      return new Tensor('float32', Float32Array.from(trueSets(samples, classes.length)), [count, classes.length]);
  }
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
