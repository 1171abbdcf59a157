/**
 * What a person asks to be trained, checked against the model's card and the project's images, and written down as a
 * queued run. Nothing is started here.
 */

import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { viewsOf } from '../../native-models/catalog/tiling.ts';
import {
  backboneOf,
  defaultModel,
  findModel,
  MODELS,
  type ModelCard,
  resolveFor,
} from '../../native-models/catalog.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { PRIMARY_METRICS } from '../../preload/contract/tasks.ts';
import { loadTrainingSet } from '../data/training-set.ts';
import type { Device } from '../devices/device.ts';
import { AUGMENTATION } from '../images/augment.ts';
import { OBJECT_AUGMENTATION } from '../images/objects/crop-and-expand.ts';
import { MOSAIC } from '../images/objects/mosaic.ts';
import { TILE_KEPT_SHARE } from '../images/objects/tiles.ts';
import type { WriteProject } from '../store/project.ts';
import { createRun } from '../store/runs.ts';
import { refuseHalf } from '../train/step-options.ts';
import type { RecognisedWeights } from '../weights/recognise.ts';

export interface RunRequest {
  /** Null: the task's default, which the run's notes then name. */
  readonly model: string | null;
  /** Hyperparameters that differ from their defaults; text is read as a number where one is due. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly device: Device;
  readonly weights: RecognisedWeights | null;
}

/**
 * Creates a run in state `queued` and returns its id.
 * Errors: model-unknown, bad-hyperparameter, too-few-images, weights-invalid; then there is no run.
 */
export function planRun(project: WriteProject, request: RunRequest): string {
  const card = cardOf(request.model ?? defaultModel(project.info.task), project.info.task);
  const params = checkedParams(card, request.given, project.info.task);
  refuseSynchronised(params, request.device);
  refuseHalf(params, request.device, Number(params['grad_accumulation_step']));
  refuseFrozenNorm(params, request.weights);
  refuseForeignWeights(card, request.weights);
  const seed = Number(params['random_seed']);
  const set = loadTrainingSet(project, { splitRatio: Number(params['split_ratio']), seed });
  refuseEmptyParts(set.train.length, set.validation.length);
  const { db, clock } = project;
  const ids = (samples: readonly { readonly id: number }[]) => samples.map(({ id }) => id);
  return createRun(db, {
    model: card.name,
    device: request.device,
    params: { ...params, augmentation: augmentationOf(card, params) },
    primary_metric: PRIMARY_METRICS[project.info.task],
    seed,
    classes: set.classes,
    split: { train: ids(set.train), validation: ids(set.validation), test: ids(set.test) },
    weights: request.weights === null ? null : { ...request.weights },
    notes: [
      ...modelNotes(request.model, card),
      ...weightsNotes(card, request.weights),
      ...set.warnings,
      ...tileNotes(params),
      ...batchNotes(params, set.train.length * viewsOf(params)),
    ],
    created_at_ms: clock.nowMs(),
  });
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

/** How strongly training changes pictures, for whoever repeats the run. */
function augmentationOf(card: ModelCard, params: Hyperparameters): Readonly<Record<string, number>> {
  if (card.kind === 'classifier') return AUGMENTATION;
  const tiles: Readonly<Record<string, number>> = viewsOf(params) === 1 ? {} : { tile_kept_share_min: TILE_KEPT_SHARE };
  return { ...(card.views === 'letterboxed' ? MOSAIC : OBJECT_AUGMENTATION), ...tiles };
}

function checkedParams(card: ModelCard, given: Readonly<Record<string, unknown>>, task: string): Hyperparameters {
  const { values, problems } = resolveFor(card, given, task);
  if (problems.length === 0) return values;
  const message = problems.map((problem) => problem.message).join('\n');
  throw new AppError('bad-hyperparameter', message, { model: card.name, problems });
}

/** Every stage's maps would cross to the card and back. */
function refuseSynchronised(params: Hyperparameters, device: Device): void {
  if (params['synchronize_batch_norm'] !== 1 || device === 'cpu') return;
  const message = `synchronize_batch_norm works on the CPU, this run is for ${device}; there, take a larger training_batch_size`;
  throw new AppError('bad-hyperparameter', message, { device });
}

/** Without weights there are no statistics worth keeping: a network of means 0 and variances 1 has no norm at all. */
function refuseFrozenNorm(params: Hyperparameters, weights: RecognisedWeights | null): void {
  if (params['freeze_batch_norm'] !== 1 || weights !== null) return;
  const message =
    'freeze_batch_norm keeps the statistics of the weights a run starts from, and this run starts from none';
  throw new AppError('bad-hyperparameter', message, { weights: null });
}

function refuseForeignWeights(card: ModelCard, weights: RecognisedWeights | null): void {
  if (weights === null || weights.model === card.name || weights.model === backboneOf(card.name)) return;
  const message = `${weights.file} holds weights of ${weights.model}, not of ${card.name}`;
  throw new AppError('weights-invalid', message, { file: weights.file });
}

/** Source: product specification, conflict C15. */
function modelNotes(asked: string | null, card: ModelCard): string[] {
  return asked === null ? [`no model was named: ${card.name} is the default; others: lightbench models`] : [];
}

/** What it starts from; a run without weights says so when it starts. */
function weightsNotes(card: ModelCard, weights: RecognisedWeights | null): string[] {
  if (weights === null) return [];
  const { name, file, title, licence, model } = weights;
  const what = `${name ?? file} (${title}${licence === null ? '' : `; ${licence}`})`;
  return [model === card.name ? `starts from ${what}` : `the backbone, ${model}, starts from ${what}`];
}

const FEWEST_TRAINING_IMAGES = 2; // batch statistics of one image are zero variance

function refuseEmptyParts(train: number, validation: number): void {
  if (train >= FEWEST_TRAINING_IMAGES && validation >= 1) return;
  const message = `training needs at least ${FEWEST_TRAINING_IMAGES} training images and 1 validation image, there are ${train} and ${validation}`;
  throw new AppError('too-few-images', message, { train, validation });
}

function tileNotes(params: Hyperparameters): string[] {
  const views = viewsOf(params);
  if (views === 1) return [];
  return [`every image is seen ${views} times, whole and in ${views - 1} tiles: an epoch takes that many times longer`];
}

/** What is more than there are images for, or views of them. */
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
    ...(params['synchronize_batch_norm'] === 1 && Math.min(batches, steps) === 1
      ? ['synchronize_batch_norm changes nothing while one batch makes an update']
      : []),
  ];
}
