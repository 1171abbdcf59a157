/** A training run with one recipe on either side: ours through the command line a user has, torch's as the peer. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUGMENTATION } from '../../main/images/augment.ts';
import type { InputConvention } from '../../native-models/catalog.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import { PYTHON } from '../bench/contender.ts';
import { ROOT } from '../source-files.ts';
import { classesOf, type Labelled, type Parts } from './data.ts';
import type { Epoch } from './results.ts';

export interface Recipe {
  readonly task: 'image-classification' | 'image-classification-multilabel';
  readonly model: 'mobilenetv2' | 'resnet18' | 'resnest50' | 'vits16r224';
  /** Null: from scratch. */
  readonly weights: { readonly file: string; readonly convention: InputConvention } | null;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly trainCrop: number;
  readonly validResize: number;
  readonly validCrop: number;
  /** SGD where nothing else is named. */
  readonly optimizer?: 'adamw';
  readonly weightDecay?: number;
  /** The first groups of the model that stay as they are. */
  readonly freeze?: number;
  readonly warmUpEpochs?: number;
  /** Batch norm normalises by the statistics of the weights. */
  readonly freezeBatchNorm?: true;
  /** Of averaged weights, which are what counts. */
  readonly averageDecay?: number;
}

/** The machine's threads, or those of the environment: runs in the background leave the rest to others. */
export const THREADS: string | undefined = process.env['LIGHTBENCH_ACCEPTANCE_THREADS'];

/** A project of these images, made once. */
export function projectOf(work: string, name: string, task: Recipe['task'], parts: Parts): string {
  const project = join(work, name);
  if (existsSync(project)) return project;
  const making = `${project}.partial`;
  rmSync(making, { recursive: true, force: true });
  lightbench(work, 'create', making, '--task', task, '--name', name);
  for (const [split, images] of [
    ['train', parts.train],
    ['validation', parts.test],
  ] as const) {
    const file = join(work, `${name}-${split}.jsonl`);
    writeFileSync(file, images.map((image) => jsonLine(image, task)).join('\n'));
    lightbench(work, 'import', making, file, '--split', split);
  }
  renameSync(making, project);
  return project;
}

function jsonLine({ path, labels }: Labelled, task: Recipe['task']): string {
  return JSON.stringify({ image_url: path, label: task === 'image-classification' ? labels[0] : labels });
}

export function trainOurs(work: string, project: string, recipe: Recipe, seed: number): Epoch[] {
  const settings = {
    number_of_epochs: recipe.epochs,
    training_batch_size: recipe.batch,
    learning_rate: recipe.rate,
    train_crop_size: recipe.trainCrop,
    valid_resize_size: recipe.validResize,
    valid_crop_size: recipe.validCrop,
    early_stopping: 0,
    random_seed: seed,
    optimizer: recipe.optimizer,
    weight_decay: recipe.weightDecay,
    layers_to_freeze: recipe.freeze,
    warmup_cosine_lr_warmup_epochs: recipe.warmUpEpochs,
    weight_average_decay: recipe.averageDecay,
    freeze_batch_norm: recipe.freezeBatchNorm ? 1 : undefined,
  };
  const chosen = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const weights = ['--weights', recipe.weights?.file ?? 'none'];
  const run = lightbench(work, 'train', project, '--model', recipe.model, ...weights, ...chosen) as RunSummary;
  return run.epochs.map(({ train_loss, metrics }) => ({ train_loss, metrics }));
}

/** What the command prints with `--json`: one document, or a list where it prints one a line. */
export function lightbench(work: string, ...args: readonly string[]): unknown {
  const command = [join(ROOT, 'main', 'cli.ts'), ...args, '--json'];
  const { status, stdout } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, LIGHTBENCH_HOME: join(work, 'home') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`lightbench ${args[0]}: ${stdout}`);
  if (args[0] !== 'sweep') return JSON.parse(stdout);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}

export function trainTorch(work: string, name: string, parts: Parts, recipe: Recipe, seed: number): Epoch[] {
  const classes = classesOf(parts);
  const list = (part: 'train' | 'test'): string => {
    const file = join(work, `${name}-${part}.txt`);
    const indices = ({ labels }: Labelled) => labels.map((label) => classes.indexOf(label)).join(',');
    writeFileSync(file, `${parts[part].map((image) => `${image.path}\t${indices(image)}`).join('\n')}\n`);
    return file;
  };
  mkdirSync(work, { recursive: true });
  const lists = ['--train-list', list('train'), '--valid-list', list('test')];
  const script = join(ROOT, 'build', 'acceptance', 'peer', 'train.py');
  const { status, stdout } = spawnSync(PYTHON, [script, ...lists, ...peerFlags(recipe, seed)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('the torch peer failed; it needs python3-torch, -torchvision, -sklearn and -pil');
  return (JSON.parse(stdout) as { epochs: Epoch[] }).epochs;
}

function peerFlags({ weights, ...recipe }: Recipe, seed: number): string[] {
  const a = AUGMENTATION;
  const values: Record<string, readonly (string | number)[]> = {
    '--model': [recipe.model],
    '--epochs': [recipe.epochs],
    '--batch': [recipe.batch],
    '--lr': [recipe.rate],
    '--train-crop': [recipe.trainCrop],
    '--valid-resize': [recipe.validResize],
    '--valid-crop': [recipe.validCrop],
    '--scale': [a.crop_area_min, a.crop_area_max],
    '--ratio': [a.crop_aspect_min, a.crop_aspect_max],
    '--jitter': [a.brightness, a.contrast, a.saturation, a.hue],
    '--seeds': [seed],
  };
  if (recipe.optimizer !== undefined) values['--optimizer'] = [recipe.optimizer];
  if (recipe.weightDecay !== undefined) values['--weight-decay'] = [recipe.weightDecay];
  if (recipe.freeze !== undefined) values['--freeze'] = [recipe.freeze];
  if (recipe.warmUpEpochs !== undefined) values['--warmup-epochs'] = [recipe.warmUpEpochs];
  if (recipe.averageDecay !== undefined) values['--average-decay'] = [recipe.averageDecay];
  if (recipe.freezeBatchNorm) values['--freeze-batch-norm'] = [];
  if (THREADS !== undefined) values['--threads'] = [THREADS];
  if (weights !== null) {
    values['--weights'] = [weights.file];
    values['--mean'] = weights.convention.mean;
    values['--deviation'] = weights.convention.deviation;
    values['--strided-padding'] = [weights.convention.stridedPadding];
  }
  const flags = Object.entries(values).flatMap(([flag, given]) => [flag, ...given.map(String)]);
  return recipe.task === 'image-classification' ? flags : [...flags, '--multi-label'];
}
