/** Has a kept model say what it sees in images. */

import { findClassifier, findDetector } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import { BatchFeed } from '../images/feed.ts';
import { viewsPerPicture } from '../images/objects/object-views.ts';
import { DetectionEvaluator } from './detection-evaluator.ts';
import { Evaluator } from './evaluator.ts';
import { readModelValues } from './export.ts';
import { thresholdsOf, transformsOf, viewingOf } from './object-transforms.ts';
import { numberOf } from './plan.ts';
import type { ClassEvaluateJob, EvaluateJob, ObjectEvaluateJob, Scored } from './protocol.ts';

/** Hears how many views of images are done, and of how many; ends the work by throwing. */
export type OnBatch = (done: number, total: number) => void;

/** `onBatch` hears after every batch. Errors: those of reading images. */
export async function evaluate(job: EvaluateJob, onBatch: OnBatch): Promise<Scored> {
  return 'params' in job ? evaluateObjects(job, onBatch) : evaluateClasses(job, onBatch);
}

async function evaluateClasses(job: ClassEvaluateJob, onBatch: OnBatch): Promise<Scored> {
  const card = findClassifier(job.model);
  assert(card, `model "${job.model}" is not in the catalog`);
  const { samples, batchSize, workers, resizeSize, cropSize } = job;
  const feed = new BatchFeed({ samples, batchSize, workers, transform: { kind: 'evaluation', resizeSize, cropSize } });
  try {
    const evaluator = await Evaluator.open(card, job, {
      cropSize,
      batchSize: Math.min(batchSize, Math.max(1, samples.length)),
    });
    const scores = await evaluator.score(readModelValues(job.checkpoint), feed, samples, (done) =>
      onBatch(done, samples.length),
    );
    await evaluator.release();
    return { kind: 'classes', scores };
  } finally {
    await feed.close();
  }
}

async function evaluateObjects(job: ObjectEvaluateJob, onBatch: OnBatch): Promise<Scored> {
  const card = findDetector(job.model);
  assert(card, `model "${job.model}" is not in the catalog`);
  const { params, samples, pictures } = job;
  const { validation: transform } = transformsOf(params, card, pictures);
  const views = samples.length * viewsPerPicture(transform);
  const batchSize = Math.min(numberOf(params, 'validation_batch_size'), Math.max(1, views));
  const feed = new BatchFeed({
    samples,
    transform,
    targets: null,
    batchSize,
    workers: numberOf(params, 'number_of_workers'),
  });
  try {
    const detector = card.build({
      classes: job.classes.length,
      params,
      slots: 1,
      stridedPadding: job.convention.stridedPadding,
    });
    const evaluator = await DetectionEvaluator.open(detector, job, {
      canvas: transform.canvas,
      batchSize,
      thresholds: thresholdsOf(params, card),
    });
    const viewing = viewingOf(params, card, transform);
    const found = await evaluator.find(readModelValues(job.checkpoint), feed, samples, viewing, (done) =>
      onBatch(done, views),
    );
    await evaluator.release();
    return { kind: 'objects', found };
  } finally {
    await feed.close();
  }
}
