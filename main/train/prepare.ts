/** What a run needs before its first step. */

import { findModel, type ModelCard } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import { ClassLearning } from './class-learning.ts';
import type { Learning } from './learning.ts';
import { ObjectLearning } from './object-learning.ts';
import type { Plan } from './plan.ts';
import type { TrainJob } from './protocol.ts';
import { type StartingPoint, startingPoint } from './starting-point.ts';
import { findsObjects } from './truth.ts';

export function prepare(job: TrainJob, plan: Plan): { readonly learning: Learning; readonly start: StartingPoint } {
  const card = findModel(job.model);
  assert(card, `model "${job.model}" is not in the catalog`);
  const learning = learningOf(job, card, plan);
  return { learning, start: startingPoint(job, card, learning.network, plan) };
}

function learningOf(job: TrainJob, card: ModelCard, plan: Plan): Learning {
  if (findsObjects(job)) {
    assert(card.kind === 'detector', `model "${card.name}" finds no objects`);
    return new ObjectLearning(job, card, plan);
  }
  assert(card.kind === 'classifier', `model "${card.name}" does not tell classes of images`);
  return new ClassLearning(job, card, plan);
}
