/** ResNet-18 from scratch on small pictures, ours and torch's with the same settings, three seeds each, epoch by epoch. */

import { AUGMENTATION } from '../../main/images/augment.ts';
import { table } from '../bench/statistics.ts';
import { folderParts } from './data.ts';
import type { Outcome, Results } from './results.ts';
import { projectOf, type Recipe, trainOurs, trainTorch } from './sides.ts';
import { mean, overlap, spread } from './statistics.ts';

const SET = 'cifar10-mini';
const SEEDS = [0, 1, 2] as const;
const LEAST_ACCURACY = 0.25; // chance is 0.1
const RECIPE: Recipe = {
  task: 'image-classification',
  model: 'resnet18',
  weights: null,
  epochs: 12,
  batch: 64,
  rate: 0.01,
  trainCrop: 32,
  validResize: 32,
  validCrop: 32,
};

export function curve(work: string, results: Results): boolean {
  const parts = folderParts(SET);
  const key = { set: 'curve', recipe: { ...RECIPE, augmentation: AUGMENTATION } };
  const ours = SEEDS.map((seed) =>
    results.get({ ...key, side: 'ours', seed }, () =>
      trainOurs(work, projectOf(work, SET, RECIPE.task, parts), RECIPE, seed),
    ),
  );
  const theirs = SEEDS.map((seed) =>
    results.get({ ...key, side: 'torch', seed }, () => trainTorch(work, SET, parts, RECIPE, seed)),
  );
  const loss = (outcomes: readonly Outcome[], epoch: number) => outcomes.map(({ epochs }) => epochs[epoch]!.train_loss);
  const accuracy = (outcomes: readonly Outcome[], epoch: number) =>
    outcomes.map(({ epochs }) => epochs[epoch]!.metrics['accuracy']!);
  const rows = Array.from({ length: RECIPE.epochs }, (_, epoch) => [
    String(epoch + 1),
    ...[loss, accuracy].flatMap((of) => [ours, theirs].map((outcomes) => spread(of(outcomes, epoch)))),
  ]);
  const header = ['epoch', 'train loss, ours', 'train loss, torch', 'accuracy, ours', 'accuracy, torch'];
  console.log(table(header, rows));
  const last = RECIPE.epochs - 1;
  return overlap(loss(ours, last), loss(theirs, last)) && mean(accuracy(ours, last)) > LEAST_ACCURACY;
}
