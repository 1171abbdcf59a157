/** What is true of labelled images, in the forms that losses and metrics take. */

import { createHash } from 'node:crypto';
import { assert } from '../../native-models/core/assert.ts';
import type { Activation } from '../../native-models/training.ts';
import { type ClassificationTask, ObjectTask } from '../../preload/contract/tasks.ts';
import type { LabelledSample, ObjectSample, ObjectTrainJob, TrainJob } from './protocol.ts';

/** Whether a job's truth is about objects. */
export const findsObjects = (job: TrainJob): job is ObjectTrainJob => ObjectTask.safeParse(job.task).success;

type Labelled = Pick<LabelledSample, 'labels'>;

/** How the logits of a task's models become probabilities. */
export function activationOf(task: ClassificationTask): Activation {
  return task === 'image-classification' ? 'softmax' : 'sigmoid';
}

/** The one class of every sample. Shapes: [N]. */
export function trueClasses(samples: readonly Labelled[]): Int32Array {
  return Int32Array.from(samples, ({ labels }) => {
    assert(labels.length === 1, `an image of a single-label task has ${labels.length} classes`);
    return labels[0]!;
  });
}

/** 1 where a sample has a class. Shapes: [N,C], row-major. */
export function trueSets(samples: readonly Labelled[], classes: number): Uint8Array {
  const truth = new Uint8Array(samples.length * classes);
  samples.forEach(({ labels }, row) => {
    for (const label of labels) truth[row * classes + label] = 1;
  });
  return truth;
}

/** Differs where an image of a run has come to have other labels, or other objects. */
export function labelDigest({ train, validation }: Pick<TrainJob, 'train' | 'validation'>): string {
  const labels = [...train, ...validation].map((sample) => [sample.id, ...truthOf(sample)]);
  return createHash('sha256').update(JSON.stringify(labels)).digest('hex');
}

const truthOf = (sample: LabelledSample | ObjectSample): readonly unknown[] =>
  'labels' in sample ? sample.labels : sample.objects;
