/**
 * One training run of a project: from what a person asked for to a finished row in the store. The store is written
 * here and nowhere else while the run goes on; the child that trains owns only the run's checkpoint files.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import {
  findModel,
  IMAGENET_CONVENTION,
  type InputConvention,
  MODELS,
  type ModelCard,
  resolveFor,
} from '../../native-models/catalog.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { loadTrainingSet, samplesOf } from '../data/training-set.ts';
import { type Device, parseDevice } from '../devices/device.ts';
import { AUGMENTATION } from '../images/augment.ts';
import { toDiskError } from '../store/disk-errors.ts';
import { upsertEpoch } from '../store/epochs.ts';
import type { WriteProject } from '../store/project.ts';
import { addRunNotes, createRun, finishRun, type Run, resumeRun, runById, startRun } from '../store/runs.ts';
import { readLast } from '../train/checkpoint.ts';
import { runInChild } from '../train/host.ts';
import type { EpochReport, ModelSetting, Progress, TrainJob } from '../train/protocol.ts';
import type { RecognisedWeights } from '../weights/recognise.ts';

export interface TrainingRequest {
  readonly model: string;
  /** Hyperparameters that differ from their defaults; text is read as a number where one is due. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly device: Device;
  readonly threads: number;
  readonly weights: RecognisedWeights | null;
}

export interface TrainingListener {
  readonly onStarted?: (
    run: string,
    facts: { readonly train: number; readonly validation: number; readonly classes: number },
  ) => void;
  readonly onNote?: (text: string) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onEpoch?: (report: EpochReport) => void;
  readonly signal?: AbortSignal;
}

const PRIMARY_METRIC = 'accuracy'; // of single-label classification; product specification, section 8

export const runFolder = (project: { readonly folder: string }, run: string): string =>
  join(project.folder, 'runs', run);

/**
 * Creates a run and trains it to its end. Returns its id.
 * Errors: model-unknown, bad-hyperparameter, too-few-images, weights-invalid before there is a run; afterwards what the
 * run failed with, which its row says too.
 */
export async function trainNew(
  project: WriteProject,
  request: TrainingRequest,
  listener: TrainingListener = {},
): Promise<string> {
  const card = cardOf(request.model, project.info.task);
  const params = checkedParams(card, request.given);
  refuseForeignWeights(card, request.weights);
  const seed = Number(params['random_seed']);
  const set = loadTrainingSet(project.db, project.folder, { splitRatio: Number(params['split_ratio']), seed });
  refuseEmptyParts(set.train.length, set.validation.length);
  const { db, clock } = project;
  const ids = (samples: readonly { readonly id: number }[]) => samples.map(({ id }) => id);
  const run = createRun(db, {
    model: card.name,
    device: request.device,
    params: { ...params, augmentation: AUGMENTATION },
    primary_metric: PRIMARY_METRIC,
    seed,
    classes: set.classes,
    split: { train: ids(set.train), validation: ids(set.validation), test: ids(set.test) },
    weights: request.weights === null ? null : { ...request.weights },
    notes: [...set.warnings, ...batchNotes(params, set.train.length)],
    created_at_ms: clock.nowMs(),
  });
  startRun(db, run, clock.nowMs());
  const job = jobOf(
    project,
    runById(db, run),
    { train: set.train, validation: set.validation },
    request.threads,
    false,
  );
  await drive(project, run, job, listener);
  return run;
}

/**
 * Goes on with a failed or cancelled run after its last finished epoch, to the curve it would have had.
 * Errors: run-not-found, run-not-resumable (no checkpoint, or its images have changed), and what the run fails with.
 */
export async function trainAgain(
  project: WriteProject,
  run: string,
  threads: number,
  listener: TrainingListener = {},
): Promise<void> {
  const { db, folder } = project;
  const stored = runById(db, run);
  readLast(runFolder(project, run)); // refuses a run without a usable checkpoint before its state changes
  const parts = {
    train: sameSamples(project, stored, 'train'),
    validation: sameSamples(project, stored, 'validation'),
  };
  resumeRun(db, run);
  await drive(project, run, jobOf({ folder }, stored, parts, threads, true), listener);
}

function cardOf(name: string, task: string): ModelCard {
  const card = findModel(name);
  if (card?.tasks.includes(task)) return card;
  const fitting = MODELS.filter(({ tasks }) => tasks.includes(task)).map((model) => model.name);
  const message = card === null ? `there is no model "${name}"` : `model "${name}" does not do ${task}`;
  throw new AppError('model-unknown', `${message}; for ${task} there are: ${fitting.join(', ')}`, {
    model: name,
    task,
  });
}

function checkedParams(card: ModelCard, given: Readonly<Record<string, unknown>>): Hyperparameters {
  const { values, problems } = resolveFor(card, given);
  if (problems.length === 0) return values;
  const message = problems.map((problem) => problem.message).join('\n');
  throw new AppError('bad-hyperparameter', message, { model: card.name, problems });
}

function refuseForeignWeights(card: ModelCard, weights: RecognisedWeights | null): void {
  if (weights === null || weights.model === card.name) return;
  const message = `${weights.file} holds weights of ${weights.model}, not of ${card.name}`;
  throw new AppError('weights-invalid', message, { file: weights.file });
}

const FEWEST_TRAINING_IMAGES = 2; // batch statistics of one image are zero variance

function refuseEmptyParts(train: number, validation: number): void {
  if (train >= FEWEST_TRAINING_IMAGES && validation >= 1) return;
  const message = `training needs at least ${FEWEST_TRAINING_IMAGES} training images and 1 validation image, there are ${train} and ${validation}`;
  throw new AppError('too-few-images', message, { train, validation });
}

/** What is more than there are images for. */
function batchNotes(params: Hyperparameters, images: number): string[] {
  const [asked, batches] = [Number(params['training_batch_size']), Number(params['grad_accumulation_step'])];
  const batch = Math.min(asked, images);
  const steps = Math.ceil(images / batch);
  return [
    ...(asked > images
      ? [`training_batch_size ${asked} is more than the ${images} training images: ${images} is used`]
      : []),
    ...(batches > steps
      ? [`grad_accumulation_step ${batches} is more than the ${steps} batches of an epoch: ${steps} is used`]
      : []),
  ];
}

function sameSamples(project: WriteProject, run: Run, part: 'train' | 'validation') {
  const { samples, missing } = samplesOf(project.db, project.folder, run.classes, run.split[part]);
  if (missing.length === 0) return samples;
  const message = `run ${run.id} cannot go on as it was: ${missing.length} of its ${part} images are gone or have another label`;
  throw new AppError('run-not-resumable', message, { run: run.id, missing });
}

/** What the weights of a run say of pixels and padding; ImageNet's way without weights. */
export function conventionOf(run: Pick<Run, 'weights'>): InputConvention {
  return (run.weights?.['convention'] as InputConvention | undefined) ?? IMAGENET_CONVENTION;
}

/** What every job of a run's model is given. Training alone uses the run's device: a kept model is judged anywhere. */
export function settingOf(run: Run, threads: number): ModelSetting {
  return { model: run.model, classes: run.classes, convention: conventionOf(run), device: 'cpu', threads };
}

function jobOf(
  project: { readonly folder: string },
  run: Run,
  parts: Pick<TrainJob, 'train' | 'validation'>,
  threads: number,
  resume: boolean,
): TrainJob {
  return {
    kind: 'train',
    runFolder: runFolder(project, run.id),
    ...settingOf(run, threads),
    device: parseDevice(run.device),
    params: run.params as Hyperparameters,
    primaryMetric: run.primary_metric,
    ...parts,
    weightsFile: (run.weights?.['file'] as string | undefined) ?? null,
    resume,
  };
}

/** Runs the job and writes down all it says, its end included. */
async function drive(project: WriteProject, run: string, job: TrainJob, listener: TrainingListener): Promise<void> {
  const { db, clock } = project;
  const { signal } = listener;
  try {
    mkdirSync(job.runFolder, { recursive: true });
    listener.onStarted?.(run, {
      train: job.train.length,
      validation: job.validation.length,
      classes: job.classes.length,
    });
    const { reason } = await runInChild(job, {
      ...(signal ? { signal } : {}),
      onMessage: (message) => {
        if (message.type === 'progress') listener.onProgress?.(message.progress);
        if (message.type === 'note') {
          addRunNotes(db, run, [message.text]);
          listener.onNote?.(message.text);
        }
        if (message.type === 'epoch') {
          upsertEpoch(db, run, { ...message.report.row, valid_loss: message.report.valid_loss });
          if (!message.isRepeated) listener.onEpoch?.(message.report);
        }
      },
    });
    finishRun(db, run, 'completed', reason, clock.nowMs());
  } catch (error) {
    const cause = toDiskError(error, project.folder, `train run ${run}`);
    const isCancelled = cause instanceof AppError && cause.code === 'cancelled';
    const reason = cause instanceof Error ? cause.message : String(cause);
    finishRun(db, run, isCancelled ? 'cancelled' : 'failed', isCancelled ? null : reason, clock.nowMs());
    throw cause;
  }
}
