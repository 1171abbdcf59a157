/** Learning to find objects. */

import type { DetectorCard } from '../../native-models/catalog.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import type { Detector } from '../../native-models/detection/detector.ts';
import { TRUTH_MASKS } from '../../native-models/detection/proposal-targets.ts';
import type { FedTarget } from '../../native-models/detection/truth.ts';
import {
  type DetectorTrainingOptions,
  detectorProgram,
  detectorPrograms,
  synchronisedDetectorPrograms,
} from '../../native-models/training/detection.ts';
import type { Device } from '../devices/device.ts';
import { type Batch, BatchFeed } from '../images/feed.ts';
import { DetectionEvaluator } from './detection-evaluator.ts';
import type { Judge, Learning } from './learning.ts';
import { judgeObjects } from './object-judge.ts';
import { type ObjectTransforms, thresholdsOf, transformsOf, viewingOf } from './object-transforms.ts';
import { numberOf, type Plan } from './plan.ts';
import type { ObjectSample, ObjectTrainJob } from './protocol.ts';
import { type Feeds, floatTensor, Tensor } from './runtime.ts';
import { stepOptions } from './step-options.ts';
import type { RunPrograms } from './step-runner.ts';

/** Makes targets beside the views. */
const TARGET_FEED_WORKER = new URL('./target-feed-worker.ts', import.meta.url);
/** A view made of several pictures has the objects of them all. */
const MOSAIC_PICTURES = 4;
/** Places for objects in a view, at most: tables of the assignment grow with them. */
const MOST_PLACES = 200;

export class ObjectLearning implements Learning {
  readonly network: Detector;
  readonly notes: readonly string[];
  private readonly job: ObjectTrainJob;
  private readonly card: DetectorCard;
  private readonly plan: Plan;
  private readonly places: number;
  private readonly transforms: ObjectTransforms;
  private readonly fed: readonly FedTarget[];
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
      stridedPadding: job.convention.stridedPadding,
    });
    this.fed = this.network.targets(this.transforms.training.canvas).fed;
    this.notes = judgingDevice(job.device) === job.device ? [] : [JUDGED_ELSEWHERE];
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
    const { job, plan, places, transforms, fed } = this;
    return new BatchFeed({
      samples: job.train.map(withoutCrowds),
      transform: transforms.training,
      targets: {
        fed,
        hasMasks: fed.some(({ name }) => name === TRUTH_MASKS),
        most: places,
        seed: plan.seed,
        model: job.model,
        classes: job.classes.length,
        params: job.params,
      },
      entry: TARGET_FEED_WORKER,
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
      targets: null,
      batchSize: plan.validationBatchSize,
      workers: 1,
      cacheBytes,
    });
  }

  feedsOf({ images, objects, count }: Batch): Feeds {
    const { width, height } = this.transforms.training.canvas;
    const { sizes, targets } = objects!;
    const fed = this.fed.map(({ name, dtype, shape }) => {
      return [name, new Tensor(dtype, targets.get(name) as Float32Array, [count, ...shape])] as const;
    });
    return {
      images: new Tensor('uint8', images, [count, 3, height, width]),
      image_sizes: floatTensor([count, 2], sizes),
      ...Object.fromEntries(fed),
    };
  }

  async openJudge(): Promise<Judge> {
    const { job, card, plan, transforms } = this;
    const setting = { ...job, device: judgingDevice(job.device) };
    const evaluator = await DetectionEvaluator.open(this.network, setting, {
      canvas: transforms.validation.canvas,
      batchSize: plan.validationBatchSize,
      thresholds: thresholdsOf(job.params, card),
    });
    const viewing = viewingOf(job.params, card, transforms.validation);
    return {
      judge: async (values, feed, onBatch) => {
        const found = await evaluator.find(values, feed, job.validation, viewing, onBatch);
        const { metrics, perLabel } = judgeObjects(job, job.validation, found);
        return { loss: null, metrics, perLabel, thresholds: null, scored: { kind: 'objects', found } };
      },
      release: () => evaluator.release(),
    };
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

/** Of boxes that overlap the best is kept by an operation that WebGPU's provider lacks. */
const judgingDevice = (device: Device): Device => (device === 'webgpu' ? 'cpu' : device);
const JUDGED_ELSEWHERE = 'epochs are judged on the CPU: WebGPU lacks the operation that sifts boxes which overlap';

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
