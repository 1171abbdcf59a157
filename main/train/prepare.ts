/** What a run needs before its first step: the compiled program, starting values, batch feeds. */

import { frozenPrefixes, type ModelCard } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import { namedParameters } from '../../native-models/nn/module.ts';
import {
  accumulationPrograms,
  synchronisedPrograms,
  type TrainingOptions,
  trainingProgram,
} from '../../native-models/training.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { WARNING } from '../../preload/contract/run.ts';
import { type Device, familyOf } from '../devices/device.ts';
import { BatchFeed } from '../images/feed.ts';
import { KNOWN_WEIGHTS } from '../weights/catalogue.ts';
import { readLast } from './checkpoint.ts';
import { numberOf, type Plan } from './plan.ts';
import type { EpochReport, LabelledSample, TrainJob } from './protocol.ts';
import type { RunPrograms } from './step-runner.ts';
import { activationOf } from './truth.ts';
import { fromFile, fromScratch } from './weights-file.ts';

/** One program for a whole step, or several where several batches make an update. */
export function buildPrograms(job: TrainJob, card: ModelCard, plan: Plan): RunPrograms {
  const model = card.build(job.classes.length, job.convention, plan.cropSize);
  const options = trainingOptions(job, card, plan);
  if (plan.accumulation === 1) return trainingProgram(model, options);
  return plan.isSynchronised ? synchronisedPrograms(model, options) : accumulationPrograms(model, options);
}

function trainingOptions(job: TrainJob, card: ModelCard, plan: Plan): TrainingOptions {
  const { params, convention } = job;
  const isHalf = numberOf(params, 'half_precision') === 1;
  refuseHalf(isHalf, job.device, plan.accumulation);
  return {
    ...(isHalf ? { lossScaling: {} } : {}),
    batchSize: plan.batchSize,
    height: plan.cropSize,
    width: plan.cropSize,
    normalisation: convention,
    optimizer: plan.optimizer,
    clipNorm: plan.clipNorm,
    averages: plan.averageDecay !== null,
    ...(card.decays ? { decays: card.decays } : {}),
    frozenPrefixes: frozenPrefixes(card, numberOf(params, 'layers_to_freeze')),
    activation: activationOf(job.task),
    classWeights: classWeights(numberOf(params, 'weighted_loss'), job.train, job.classes.length),
  };
}

/** Errors: bad-hyperparameter where half precision was asked for and cannot be had. */
function refuseHalf(isHalf: boolean, device: Device, accumulation: number): void {
  if (!isHalf) return;
  const fail = (problem: string) =>
    new AppError('bad-hyperparameter', `half_precision ${problem}`, { device, accumulation });
  if (familyOf(device) !== 'cuda') throw fail(`needs a CUDA card, this run is on ${device}`);
  if (accumulation > 1) throw fail(`works with grad_accumulation_step 1, this run has come to ${accumulation}`);
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

export interface StartingPoint {
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly history: readonly EpochReport[];
  readonly notes: readonly string[];
}

/** From the last checkpoint, from a weights file, or from scratch, which is said loudly. */
export function startingPoint(job: TrainJob, card: ModelCard, plan: Plan): StartingPoint {
  if (job.resume) {
    const { values, progress } = readLast(job.runFolder);
    const at = progress.history.at(-1)?.row.epoch;
    assert(at !== undefined, 'a checkpoint without a finished epoch');
    return { values, history: progress.history, notes: [`resumed after epoch ${at}`] };
  }
  const parameters = namedParameters(card.build(job.classes.length, job.convention, plan.cropSize));
  if (job.weightsFile !== null) {
    const { values, notes } = fromFile(job.weightsFile, parameters, card, plan.seed);
    return { values, history: [], notes };
  }
  return { values: fromScratch(parameters, plan.seed), history: [], notes: [scratchWarning(card.name)] };
}

function scratchWarning(model: string): string {
  const known = KNOWN_WEIGHTS.find((entry) => entry.model === model && entry.url !== null);
  const hint = known === undefined ? '' : `; there are some: lightbench weights fetch ${known.name}`;
  return `${WARNING}no pretrained weights for ${model}: training from scratch needs far more images to reach the same accuracy${hint}`;
}

/** The training images' cache takes `cacheBytes`; validation keeps finished views, which are far smaller. */
export function openFeeds(
  job: TrainJob,
  plan: Plan,
  cacheBytes: number,
): { readonly training: BatchFeed; readonly validation: BatchFeed } {
  const training = new BatchFeed({
    samples: job.train,
    transform: { kind: 'train', cropSize: plan.cropSize, seed: plan.seed },
    batchSize: plan.batchSize,
    workers: plan.workers,
    cacheBytes,
  });
  const validation = new BatchFeed({
    samples: job.validation,
    transform: { kind: 'evaluation', resizeSize: plan.validationResizeSize, cropSize: plan.validationCropSize },
    batchSize: plan.validationBatchSize,
    workers: 1,
  });
  return { training, validation };
}
