/**
 * MobileNetV2 from published weights on real pictures: how good a few minutes on two cores make it, and whether torch
 * does better with the same recipe. What counts is the last epoch: the best one would be chosen on the images it is
 * judged on.
 */

import { join } from 'node:path';
import { AUGMENTATION } from '../../main/images/augment.ts';
import { KNOWN_WEIGHTS } from '../../main/weights/catalogue.ts';
import { table } from '../bench/statistics.ts';
import { folderParts, type Parts, SHARED, scenesParts } from './data.ts';
import type { Outcome, Results } from './results.ts';
import { projectOf, type Recipe, trainOurs, trainTorch } from './sides.ts';
import { isBeyond, mean, spread } from './statistics.ts';

interface FineTune {
  readonly set: string;
  readonly parts: () => Parts;
  readonly recipe: Omit<Recipe, 'model' | 'weights'>;
  readonly metric: string;
  readonly atLeast: number;
}

export const FINE_TUNES = {
  signs: {
    set: 'sign-digits',
    parts: () => folderParts('sign-digits'),
    recipe: {
      task: 'image-classification',
      epochs: 12,
      batch: 32,
      rate: 0.01,
      trainCrop: 224,
      validResize: 256,
      validCrop: 224,
    },
    metric: 'accuracy',
    atLeast: 0.97,
  },
  cifar: {
    set: 'cifar10-mini',
    parts: () => folderParts('cifar10-mini'),
    recipe: {
      task: 'image-classification',
      epochs: 12,
      batch: 32,
      rate: 0.0003,
      optimizer: 'adamw',
      weightDecay: 0.05,
      freezeBatchNorm: true,
      averageDecay: 0.98,
      warmUpEpochs: 1,
      trainCrop: 128,
      validResize: 128,
      validCrop: 128,
    },
    metric: 'accuracy',
    atLeast: 0.75,
  },
  miml: {
    set: 'miml-scenes',
    parts: scenesParts,
    recipe: {
      task: 'image-classification-multilabel',
      epochs: 18,
      batch: 32,
      rate: 0.0006,
      optimizer: 'adamw',
      weightDecay: 0.05,
      freeze: 12,
      freezeBatchNorm: true,
      averageDecay: 0.98,
      warmUpEpochs: 1,
      trainCrop: 256,
      validResize: 288,
      validCrop: 288,
    },
    metric: 'average_precision_score_macro',
    atLeast: 0.93,
  },
} as const satisfies Readonly<Record<string, FineTune>>;

const SEEDS = [0, 1, 2] as const;
const { name: WEIGHTS, model, convention } = KNOWN_WEIGHTS.find(({ name }) => name.startsWith('mobilenet_v2_100'))!;

export function fineTune({ set, parts, recipe, metric, atLeast }: FineTune, work: string, results: Results): boolean {
  const file = join(SHARED, 'data', 'weights', `${WEIGHTS}.safetensors`);
  const whole: Recipe = { ...recipe, model: model as 'mobilenetv2', weights: { file, convention } };
  const images = parts();
  const key = { set, recipe: { ...recipe, augmentation: AUGMENTATION, weights: WEIGHTS } };
  const ours = SEEDS.map((seed) =>
    results.get({ ...key, side: 'ours', seed }, () =>
      trainOurs(work, projectOf(work, set, recipe.task, images), whole, seed),
    ),
  );
  const theirs = SEEDS.map((seed) =>
    results.get({ ...key, side: 'torch', seed }, () => trainTorch(work, set, images, whole, seed)),
  );

  const [last, best] = [lastOf(metric), bestOf(metric)];
  console.log(`${set}, ${metric} of ${images.test.length} images, ${JSON.stringify(recipe)}`);
  console.log(
    table(
      ['side', 'last epoch: mean (range)', 'each seed', 'best epoch: mean (range)', 'minutes a run'],
      [
        ['ours', ours],
        ['torch', theirs],
      ].map(([side, outcomes]) => row(side as string, outcomes as Outcome[], last, best)),
    ),
  );
  return mean(ours.map(last)) >= atLeast && !isBeyond(theirs.map(last), ours.map(last));
}

type Figure = (outcome: Outcome) => number;
const lastOf =
  (metric: string): Figure =>
  ({ epochs }) =>
    epochs.at(-1)!.metrics[metric]!;
const bestOf =
  (metric: string): Figure =>
  ({ epochs }) =>
    Math.max(...epochs.map(({ metrics }) => metrics[metric]!));

function row(side: string, outcomes: readonly Outcome[], last: Figure, best: Figure): string[] {
  const each = outcomes.map((outcome) => last(outcome).toFixed(3)).join(', ');
  const minutes = spread(
    outcomes.map((outcome) => outcome.minutes),
    1,
  );
  return [side, spread(outcomes.map(last)), each, spread(outcomes.map(best)), minutes];
}
