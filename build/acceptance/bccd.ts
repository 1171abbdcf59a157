/**
 * YOLOX-nano from COCO weights on photographs of blood cells: how good a few minutes on two cores make it, and whether torch
 * does better with the same recipe. What counts is the last epoch: the best one would be chosen on the pictures it is judged
 * on.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { MOSAIC } from '../../main/images/objects/mosaic.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import { PYTHON } from '../bench/contender.ts';
import { table } from '../bench/statistics.ts';
import { ROOT } from '../source-files.ts';
import { CELLS, cellsProject } from './cells.ts';
import { SHARED } from './data.ts';
import type { Epoch, Outcome, Results } from './results.ts';
import { lightbench } from './sides.ts';
import { isBeyond, mean, spread } from './statistics.ts';

const METRIC = 'mean_average_precision';
const AT_LEAST = 0.8;
const SEEDS = [0, 1, 2] as const;
const MODEL = 'yolox_nano';
const WEIGHTS = join(SHARED, 'data', 'weights', 'yolox_nano_coco.safetensors');
const THREADS = process.env['LIGHTBENCH_ACCEPTANCE_THREADS'] ?? '2';

const RECIPE = {
  number_of_epochs: 12,
  training_batch_size: 8,
  validation_batch_size: 8,
  img_size: 416,
  optimizer: 'adamw',
  learning_rate: 0.001,
  weight_decay: 0.01,
  weight_average_decay: 0.98,
  warmup_cosine_lr_warmup_epochs: 1,
  freeze_batch_norm: 1,
  box_score_thresh: 0.01,
  early_stopping: 0,
} as const;

export function bccd(work: string, results: Results): boolean {
  const key = { set: 'bccd-cells', recipe: { ...RECIPE, model: MODEL, augmentation: MOSAIC } };
  const project = cellsProject(work, 'bccd-cells');
  const ours = SEEDS.map((seed) => results.get({ ...key, side: 'ours', seed }, () => trainOurs(work, project, seed)));
  const theirs = SEEDS.map((seed) => results.get({ ...key, side: 'torch', seed }, () => trainTorch(seed)));
  console.log(
    `bccd-cells, ${METRIC} at an overlap of 0.5 of its 87 validation pictures, ${MODEL}, ${JSON.stringify(RECIPE)}`,
  );
  console.log(
    table(
      ['side', 'last epoch: mean (range)', 'every epoch, seed 0', 'minutes a run'],
      [row('ours', ours), row('torch', theirs)],
    ),
  );
  return mean(ours.map(last)) >= AT_LEAST && !isBeyond(theirs.map(last), ours.map(last));
}

const metricOf = ({ metrics }: Epoch): number => metrics[METRIC] ?? 0;
const last = ({ epochs }: Outcome): number => metricOf(epochs.at(-1)!);

function row(side: string, outcomes: readonly Outcome[]): string[] {
  const each = outcomes[0]!.epochs.map((epoch) => metricOf(epoch).toFixed(2)).join(' ');
  const minutes = spread(
    outcomes.map((outcome) => outcome.minutes),
    1,
  );
  return [side, spread(outcomes.map(last)), each, minutes];
}

function trainOurs(work: string, project: string, seed: number): Epoch[] {
  const chosen = Object.entries({ ...RECIPE, random_seed: seed }).flatMap(([name, value]) => [
    '--set',
    `${name}=${value}`,
  ]);
  const run = lightbench(work, 'train', project, '--model', MODEL, '--weights', WEIGHTS, ...chosen) as RunSummary;
  return run.epochs.map(({ train_loss, metrics }) => ({ train_loss, metrics }));
}

function trainTorch(seed: number): Epoch[] {
  const flags = {
    '--set': CELLS,
    '--weights': WEIGHTS,
    '--strengths': JSON.stringify(MOSAIC),
    '--epochs': RECIPE.number_of_epochs,
    '--batch': RECIPE.training_batch_size,
    '--side': RECIPE.img_size,
    '--lr': RECIPE.learning_rate,
    '--weight-decay': RECIPE.weight_decay,
    '--average': RECIPE.weight_average_decay,
    '--warmup-epochs': RECIPE.warmup_cosine_lr_warmup_epochs,
    '--score': RECIPE.box_score_thresh,
    '--seed': seed,
    '--threads': THREADS,
  };
  const script = join(ROOT, 'build', 'acceptance', 'peer', 'detect.py');
  const given = Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
  const { status, stdout } = spawnSync(PYTHON, [script, ...given, '--freeze-batch-norm'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('the torch peer failed; it needs python3-torch, -torchvision, -numpy and -pil');
  return (JSON.parse(stdout) as { epochs: Epoch[] }).epochs;
}
