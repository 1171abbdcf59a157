/** What a run needs before its first step. */

import { findModel } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import { ClassLearning } from './class-learning.ts';
import type { Learning } from './learning.ts';
import type { Plan } from './plan.ts';
import type { ClassTrainJob, TrainJob } from './protocol.ts';
import { type StartingPoint, startingPoint } from './starting-point.ts';

export function prepare(job: TrainJob, plan: Plan): { readonly learning: Learning; readonly start: StartingPoint } {
  const card = findModel(job.model);
  assert(card, `model "${job.model}" is not in the catalog`);
  assert(card.kind === 'classifier', `model "${job.model}" does not do ${job.task}`);
  const learning = new ClassLearning(job as ClassTrainJob, card, plan);
  return { learning, start: startingPoint(job, card, learning.network, plan) };
}
