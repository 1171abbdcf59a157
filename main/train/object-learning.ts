/** Learning to find objects. */

import type { DetectorCard } from '../../native-models/catalog.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { sizeOf } from '../../native-models/core/shape.ts';
import type { Detector } from '../../native-models/detection/detector.ts';
import type { Targets, Truth } from '../../native-models/detection/truth.ts';
import {
  type DetectorTrainingOptions,
  detectorProgram,
  detectorPrograms,
  synchronisedDetectorPrograms,
} from '../../native-models/training/detection.ts';
import { type Batch, BatchFeed, type BatchObjects, NO_OBJECT } from '../images/feed.ts';
import { DetectionEvaluator } from './detection-evaluator.ts';
import type { Judge, Learning } from './learning.ts';
import { judgeObjects } from './object-judge.ts';
import { mergingOf, type ObjectTransforms, thresholdsOf, transformsOf } from './object-transforms.ts';
import { numberOf, type Plan } from './plan.ts';
import type { ObjectSample, ObjectTrainJob } from './protocol.ts';
import { type Feeds, floatTensor, Tensor } from './runtime.ts';
import { stepOptions } from './step-options.ts';
import type { RunPrograms } from './step-runner.ts';

/** A view made of several pictures has the objects of them all. */
const MOSAIC_PICTURES = 4;
/** Places for objects in a view, at most: tables of the assignment grow with them. */
const MOST_PLACES = 200;

export class ObjectLearning implements Learning {
  readonly network: Detector;
  private readonly job: ObjectTrainJob;
  private readonly card: DetectorCard;
  private readonly plan: Plan;
  private readonly places: number;
  private readonly transforms: ObjectTransforms;
  private readonly targets: Targets;
  private readonly bySide = new Map<number, ObjectLearning>();

  constructor(job: ObjectTrainJob, card: DetectorCard, plan: Plan) {
    this.job = job;
    this.card = card;
    this.plan = plan;
    this.transforms = transformsOf(
      job.params,
      card,
      [...job.train, ...job.validation].map(({ size }) => size),
    );
    const most = job.train.reduce((largest, { objects }) => Math.max(largest, objects.length), 1);
    const pictures = this.transforms.training.kind === 'mosaic' ? MOSAIC_PICTURES : 1;
    this.places = Math.max(most, Math.min(MOST_PLACES, pictures * most));
    this.network = card.build({
      classes: job.classes.length,
      params: job.params,
      slots: this.places,
      isPretrained: job.weightsFile !== null,
    });
    this.targets = this.network.targets(this.transforms.training.canvas);
  }

  programs(): RunPrograms {
    const { network, plan } = this;
    const options = this.options();
    if (plan.accumulation === 1) return detectorProgram(network, options);
    return plan.isSynchronised ? synchronisedDetectorPrograms(network, options) : detectorPrograms(network, options);
  }

  /** Source: product specification, sections 6.4 and 6.7.7: the size varies by half; here it is drawn for every epoch. */
  inEpoch(epoch: number): Learning {
    const { job, card, plan } = this;
    if (job.params['multi_scale'] !== 1) return this;
    const side = sideIn(epoch, numberOf(job.params, 'img_size'), plan.seed);
    const params = { ...job.params, img_size: side, multi_scale: 0 };
    const sized = this.bySide.get(side) ?? new ObjectLearning({ ...job, params }, card, plan);
    this.bySide.set(side, sized);
    return sized;
  }

  openTraining(cacheBytes: number): BatchFeed {
    const { job, plan, places, transforms } = this;
    return new BatchFeed({
      samples: job.train.map(withoutCrowds),
      transform: transforms.training,
      places,
      batchSize: plan.batchSize,
      workers: plan.workers,
      cacheBytes,
    });
  }

  openValidation(cacheBytes: number): BatchFeed {
    const { job, plan, transforms } = this;
    return new BatchFeed({
      samples: job.validation.map(withoutCrowds),
      transform: transforms.validation,
      places: 1, // what is true is known from the samples
      batchSize: plan.validationBatchSize,
      workers: 1,
      cacheBytes,
    });
  }

  feedsOf({ images, objects, indices, count }: Batch, epoch: number): Feeds {
    const { width, height } = this.transforms.training.canvas;
    return {
      images: new Tensor('uint8', images, [count, 3, height, width]),
      image_sizes: floatTensor([count, 2], objects!.sizes),
      ...this.targetFeeds(objects!, indices, epoch),
    };
  }

  async openJudge(): Promise<Judge> {
    const { job, card, plan, transforms } = this;
    const evaluator = await DetectionEvaluator.open(this.network, job, {
      canvas: transforms.validation.canvas,
      batchSize: plan.validationBatchSize,
      thresholds: thresholdsOf(job.params, card),
    });
    const viewing = { transform: transforms.validation, merging: mergingOf(job.params, card) };
    return {
      judge: async (values, feed, onBatch) => {
        const found = await evaluator.find(values, feed, job.validation, viewing, onBatch);
        const { metrics, perLabel } = judgeObjects(job, job.validation, found);
        return { loss: null, metrics, perLabel, thresholds: null, scored: { kind: 'objects', found } };
      },
      release: () => evaluator.release(),
    };
  }

  /** What every view's objects become, one view after the other. */
  private targetFeeds(objects: BatchObjects, indices: Int32Array, epoch: number): Feeds {
    const { targets, places, plan } = this;
    const count = indices.length;
    // A view's targets draw numbers of its own in every epoch; those of one-stage detectors need none.
    const made = Array.from(indices, (sample, i) =>
      targets.of(truthAt(objects, i, places), rngFrom(plan.seed, 'targets', epoch, sample)),
    );
    const feeds = targets.fed.map(({ name, dtype, shape }) => {
      const size = sizeOf(shape);
      const all = dtype === 'int32' ? new Int32Array(count * size) : new Float32Array(count * size);
      made.forEach((of, i) => {
        all.set(of.get(name)!, i * size);
      });
      return [name, new Tensor(dtype, all as Float32Array, [count, ...shape])] as const;
    });
    return Object.fromEntries(feeds);
  }

  private options(): DetectorTrainingOptions {
    const { job, card, plan, transforms } = this;
    const { width, height } = transforms.training.canvas;
    return {
      ...stepOptions(job, card, plan),
      batchSize: plan.batchSize,
      height,
      width,
      normalisation: job.convention,
    };
  }
}

const CELL_PX = 32; // sides are made of whole cells of the coarsest map
/** Of `img_size`: the smallest and the largest side. */
const SCALES = [0.5, 1.5] as const;

/** The side of an epoch's pictures where it varies: a multiple of whole cells, each as likely as the others. */
export function sideIn(epoch: number, side: number, seed: number): number {
  const [least, most] = SCALES.map((scale) => Math.max(1, Math.round((scale * side) / CELL_PX))) as [number, number];
  return CELL_PX * (least + rngFrom(seed, 'scale', epoch).integer(most - least + 1));
}

/** Crowds are not learnt from. Source: product specification, section 22. */
const withoutCrowds = (sample: ObjectSample): ObjectSample => ({
  ...sample,
  objects: sample.objects.filter(({ isCrowd }) => !isCrowd),
});

function truthAt({ boxes, labels }: BatchObjects, at: number, places: number): Truth {
  const own = labels.subarray(at * places, (at + 1) * places);
  const count = own.indexOf(NO_OBJECT) === -1 ? places : own.indexOf(NO_OBJECT);
  return { labels: own.slice(0, count), boxes: boxes.slice(4 * at * places, 4 * (at * places + count)) };
}
