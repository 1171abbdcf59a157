/**
 * Small objects with and without tiles: the same model from the same weights with the same recipe on aerial photographs,
 * and as many updates on as many views, so that both take about as long. Without tiles an epoch is shorter, and there are
 * more of them. What counts is the last epoch.
 */

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MOSAIC } from '../../main/images/objects/mosaic.ts';
import { TILE_KEPT_SHARE } from '../../main/images/objects/tiles.ts';
import { viewsOf } from '../../native-models/catalog/tiling.ts';
import { xyxyFromCxcywh } from '../../native-models/geometry/box.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import { table } from '../bench/statistics.ts';
import { SHARED } from './data.ts';
import type { Epoch, Outcome, Results } from './results.ts';
import { lightbench } from './sides.ts';
import { mean, spread } from './statistics.ts';

const SET = 'aerial-cars';
const TASK = 'image-object-detection';
/** Of each of three places one photograph that training has not seen, though others of the place. */
const VALIDATION = ['DJI_0762-00031.jpg', 'MOS178.png', 'MunichStreet02-MOS83.png'];
const TRAINING = ['DJI_0028.JPG', 'DJI_0762-00001.jpg', 'MOS156.png', 'MOS75.png', 'MunichStreet02-MOS75.png'];

const SEEDS = [0, 1, 2] as const;
const MODEL = 'yolox_nano';
const WEIGHTS = join(SHARED, 'data', 'weights', 'yolox_nano_coco.safetensors');
const TILED = { tile_grid_size: '(3, 2)', tile_overlap_ratio: 0.25 } as const;
const VIEWS = viewsOf(TILED);
const TILED_EPOCHS = 10;
const METRIC = 'mean_average_precision';
const LEAST_GAIN = 0.1;

const RECIPE = {
  training_batch_size: TRAINING.length,
  validation_batch_size: 8,
  optimizer: 'adamw',
  learning_rate: 0.001,
  weight_decay: 0.01,
  weight_average_decay: 0.95,
  box_score_thresh: 0.01,
  early_stopping: 0,
  number_of_workers: 1,
} as const;

/** Tiles multiply the views of an epoch, so that without them an update more is needed for each. */
const SIDES = {
  tiled: { ...TILED, number_of_epochs: TILED_EPOCHS, warmup_cosine_lr_warmup_epochs: 1, evaluation_frequency: 2 },
  whole: {
    number_of_epochs: TILED_EPOCHS * VIEWS,
    warmup_cosine_lr_warmup_epochs: VIEWS,
    evaluation_frequency: 2 * VIEWS,
  },
} as const;

/** Met when tiles are better by a clear margin in the mean, and with each seed better than without them with any. */
export function tiling(work: string, results: Results): boolean {
  const project = projectOf(work);
  const outcomes = (side: keyof typeof SIDES) =>
    SEEDS.map((seed) => {
      const recipe = { ...RECIPE, ...SIDES[side], model: MODEL, augmentation: { ...MOSAIC, TILE_KEPT_SHARE } };
      return results.get({ set: SET, side: 'ours', seed, recipe }, () => train(work, project, side, seed));
    });
  const [tiled, whole] = [outcomes('tiled'), outcomes('whole')];
  console.log(`${SET}: ${METRIC} of ${VALIDATION.length} photographs, ${MODEL}, ${JSON.stringify(RECIPE)}`);
  const header = ['seen', 'last epoch: mean (range)', 'each seed', 'precision, recall', 'minutes a run'];
  console.log(table(header, [row(`whole and in tiles ${TILED.tile_grid_size}`, tiled), row('whole', whole)]));
  const [ours, theirs] = [tiled.map(lastOf(METRIC)), whole.map(lastOf(METRIC))];
  return mean(ours) - mean(theirs) >= LEAST_GAIN && Math.min(...ours) > Math.max(...theirs);
}

const lastOf = (metric: string) => (outcome: Outcome) =>
  outcome.epochs.findLast(({ metrics }) => metric in metrics)?.metrics[metric] ?? 0;

function row(seen: string, outcomes: readonly Outcome[]): string[] {
  const figures = outcomes.map(lastOf(METRIC));
  const others = ['precision', 'recall'].map((name) => mean(outcomes.map(lastOf(name))).toFixed(3));
  const minutes = spread(
    outcomes.map((outcome) => outcome.minutes),
    1,
  );
  return [seen, spread(figures), figures.map((value) => value.toFixed(3)).join(', '), others.join(', '), minutes];
}

function train(work: string, project: string, side: keyof typeof SIDES, seed: number): Epoch[] {
  const settings = { ...RECIPE, ...SIDES[side], random_seed: seed };
  const chosen = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const run = lightbench(work, 'train', project, '--model', MODEL, '--weights', WEIGHTS, ...chosen) as RunSummary;
  return run.epochs.map(({ train_loss, metrics }) => ({ train_loss, metrics }));
}

/** A project of these photographs, made once; cars, buses and minibuses are one class, since there are few of the latter. */
function projectOf(work: string): string {
  const project = join(work, SET);
  if (existsSync(project)) return project;
  const making = `${project}.partial`;
  rmSync(making, { recursive: true, force: true });
  lightbench(work, 'create', making, '--task', TASK, '--name', SET);
  for (const [split, names] of [
    ['train', TRAINING],
    ['validation', VALIDATION],
  ] as const) {
    const file = join(work, `${SET}-${split}.jsonl`);
    writeFileSync(file, names.map((name) => JSON.stringify(lineOf(name))).join('\n'));
    lightbench(work, 'import', making, file, '--split', split);
  }
  renameSync(making, project);
  return project;
}

function lineOf(name: string) {
  const labels = readFileSync(join(SHARED, 'data', SET, 'labels', `${basename(name).split('.')[0]}.txt`), 'utf8');
  const boxes = labels
    .trim()
    .split('\n')
    .map((line) => {
      const [, cx, cy, w, h] = line.split(' ').map(Number) as [number, number, number, number, number];
      const [topX, topY, bottomX, bottomY] = xyxyFromCxcywh([cx, cy, w, h]);
      return { label: 'vehicle', topX, topY, bottomX, bottomY };
    });
  return { image_url: join(SHARED, 'data', SET, 'images', name), label: boxes };
}
