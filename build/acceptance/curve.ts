/** Networks from scratch on small pictures, ours and torch's with the same settings, three seeds each, epoch by epoch. */

import { AUGMENTATION } from '../../main/images/augment.ts';
import { table } from '../bench/statistics.ts';
import { folderParts } from './data.ts';
import type { Outcome, Results } from './results.ts';
import { projectOf, type Recipe, trainOurs, trainTorch } from './sides.ts';
import { mean, overlap, spread } from './statistics.ts';

interface Curve {
  readonly recipe: Recipe;
  /** Of the last epoch; chance is 0.1. Null: one epoch from scratch is about chance. */
  readonly leastAccuracy: number | null;
}

const SET = 'cifar10-mini';
const SEEDS = [0, 1, 2] as const;
const SHARED_SETTINGS = { task: 'image-classification', weights: null } as const;
const sideOf = (sidePx: number) => ({ trainCrop: sidePx, validResize: sidePx, validCrop: sidePx });

export const CURVES = {
  curve: {
    recipe: { ...SHARED_SETTINGS, model: 'resnet18', epochs: 12, batch: 64, rate: 0.01, ...sideOf(32) },
    leastAccuracy: 0.25,
  },
  vit: {
    recipe: {
      ...SHARED_SETTINGS,
      model: 'vits16r224',
      epochs: 1,
      batch: 32,
      rate: 0.0003,
      optimizer: 'adamw',
      warmUpEpochs: 0,
      ...sideOf(96),
    },
    leastAccuracy: null,
  },
  resnest: {
    recipe: {
      ...SHARED_SETTINGS,
      model: 'resnest50',
      epochs: 1,
      batch: 32,
      rate: 0.002,
      warmUpEpochs: 0,
      ...sideOf(64),
    },
    leastAccuracy: null,
  },
} as const satisfies Readonly<Record<string, Curve>>;

export function curve({ recipe, leastAccuracy }: Curve, work: string, results: Results): boolean {
  const parts = folderParts(SET);
  const key = { set: 'curve', recipe: { ...recipe, augmentation: AUGMENTATION } };
  const ours = SEEDS.map((seed) =>
    results.get({ ...key, side: 'ours', seed }, () =>
      trainOurs(work, projectOf(work, SET, recipe.task, parts), recipe, seed),
    ),
  );
  const theirs = SEEDS.map((seed) =>
    results.get({ ...key, side: 'torch', seed }, () => trainTorch(work, SET, parts, recipe, seed)),
  );
  const loss = (outcomes: readonly Outcome[], epoch: number) => outcomes.map(({ epochs }) => epochs[epoch]!.train_loss);
  const accuracy = (outcomes: readonly Outcome[], epoch: number) =>
    outcomes.map(({ epochs }) => epochs[epoch]!.metrics['accuracy']!);
  const rows = Array.from({ length: recipe.epochs }, (_, epoch) => [
    String(epoch + 1),
    ...[loss, accuracy].flatMap((of) => [ours, theirs].map((outcomes) => spread(of(outcomes, epoch)))),
  ]);
  const header = ['epoch', 'train loss, ours', 'train loss, torch', 'accuracy, ours', 'accuracy, torch'];
  console.log(`${SET}, ${recipe.model}\n${table(header, rows)}`);
  const last = recipe.epochs - 1;
  const isAccurate = leastAccuracy === null || mean(accuracy(ours, last)) > leastAccuracy;
  return overlap(loss(ours, last), loss(theirs, last)) && isAccurate;
}
