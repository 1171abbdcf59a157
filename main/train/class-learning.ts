/** Learning to tell classes of whole images. */

import type { ClassifierCard } from '../../native-models/catalog.ts';
import type { Module } from '../../native-models/nn/module.ts';
import {
  accumulationPrograms,
  synchronisedPrograms,
  type TrainingOptions,
  trainingProgram,
} from '../../native-models/training.ts';
import { type Batch, BatchFeed } from '../images/feed.ts';
import { Evaluator } from './evaluator.ts';
import { metricsOf } from './judge.ts';
import type { Judge, Judgement, Learning } from './learning.ts';
import { numberOf, type Plan } from './plan.ts';
import type { ClassTrainJob, LabelledSample } from './protocol.ts';
import { type Feeds, Tensor } from './runtime.ts';
import { stepOptions } from './step-options.ts';
import type { RunPrograms } from './step-runner.ts';
import { tuneThresholds } from './thresholds.ts';
import { activationOf, trueClasses, trueSets } from './truth.ts';

export class ClassLearning implements Learning {
  readonly network: Module;
  readonly notes = [];
  private readonly job: ClassTrainJob;
  private readonly card: ClassifierCard;
  private readonly plan: Plan;
  private readonly cropSize: number;

  constructor(job: ClassTrainJob, card: ClassifierCard, plan: Plan) {
    this.job = job;
    this.card = card;
    this.plan = plan;
    this.cropSize = numberOf(job.params, 'train_crop_size');
    this.network = card.build(job.classes.length, job.convention, this.cropSize);
  }

  programs(): RunPrograms {
    const { network, plan } = this;
    const options = this.options();
    if (plan.accumulation === 1) return trainingProgram(network, options);
    return plan.isSynchronised ? synchronisedPrograms(network, options) : accumulationPrograms(network, options);
  }

  inEpoch(): Learning {
    return this;
  }

  openTraining(cacheBytes: number): BatchFeed {
    const { job, plan, cropSize } = this;
    return new BatchFeed({
      samples: job.train,
      transform: { kind: 'train', cropSize, seed: plan.seed },
      batchSize: plan.batchSize,
      workers: plan.workers,
      cacheBytes,
    });
  }

  /** Keeps finished views, which are far smaller than decoded images. */
  openValidation(): BatchFeed {
    const { job, plan } = this;
    return new BatchFeed({
      samples: job.validation,
      transform: {
        kind: 'evaluation',
        resizeSize: numberOf(job.params, 'valid_resize_size'),
        cropSize: numberOf(job.params, 'valid_crop_size'),
      },
      batchSize: plan.validationBatchSize,
      workers: 1,
    });
  }

  feedsOf(batch: Batch): Feeds {
    const { cropSize } = this;
    return {
      images: new Tensor('uint8', batch.images, [batch.count, 3, cropSize, cropSize]),
      labels: labelTensor(batch, this.job),
    };
  }

  async openJudge(): Promise<Judge> {
    const { job, card, plan } = this;
    const evaluator = await Evaluator.open(card, job, {
      cropSize: numberOf(job.params, 'valid_crop_size'),
      batchSize: Math.min(plan.validationBatchSize, Math.max(1, job.validation.length)), // few images are no whole batch
    });
    return {
      judge: async (values, feed, onBatch): Promise<Judgement> => {
        const scores = await evaluator.score(values, feed, job.validation, onBatch);
        const { probabilities, loss } = scores;
        const metrics = metricsOf(job, job.validation, probabilities);
        const thresholds = thresholdsFor(job, probabilities);
        return { loss, metrics, perLabel: null, thresholds, scored: { kind: 'classes', scores } };
      },
      release: () => evaluator.release(),
    };
  }

  private options(): TrainingOptions {
    const { job, card, plan, cropSize } = this;
    return {
      ...stepOptions(job, card, plan),
      batchSize: plan.batchSize,
      height: cropSize,
      width: cropSize,
      normalisation: job.convention,
      activation: activationOf(job.task),
      classWeights: classWeights(numberOf(job.params, 'weighted_loss'), job.train, job.classes.length),
    };
  }
}

/** Where an image may have several classes. */
function thresholdsFor({ task, classes, validation }: ClassTrainJob, probabilities: Float32Array) {
  if (activationOf(task) === 'softmax') return null;
  return tuneThresholds(classes, probabilities, trueSets(validation, classes.length));
}

/** Shapes: int32 [N] where every image has one class, else float32 [N,C] of 0 and 1. */
function labelTensor(
  { indices, count }: Batch,
  { task, train, classes }: Pick<ClassTrainJob, 'task' | 'train' | 'classes'>,
): Tensor {
  const samples = Array.from(indices, (index) => train[index]!);
  switch (activationOf(task)) {
    case 'softmax':
      return new Tensor('int32', trueClasses(samples), [count]);
    case 'sigmoid':
      return new Tensor('float32', Float32Array.from(trueSets(samples, classes.length)), [count, classes.length]);
  }
}

/**
 * Weight of class c: N_max / N_c, or its square root, N_c being the training images that have it; a class without any
 * counts as if it had one.
 * Source: product specification, sections 6.7.4 and 22.
 */
export function classWeights(mode: number, train: readonly LabelledSample[], classes: number): number[] | null {
  if (mode === 0) return null;
  const counts = new Array<number>(classes).fill(0);
  for (const { labels } of train) for (const label of labels) counts[label]!++;
  const largest = Math.max(...counts);
  const weights = counts.map((count) => largest / Math.max(1, count));
  return mode === 1 ? weights.map(Math.sqrt) : weights;
}
