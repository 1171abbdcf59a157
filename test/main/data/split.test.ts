import { expect, test } from 'vitest';
import { type SplitCandidate, splitImages } from '../../../main/data/split.ts';
import type { Split } from '../../../preload/contract/tasks.ts';
import { appErrorOf } from '../../kit/errors.ts';

const settings = { splitRatio: 0.2, seed: 7 };

function images(count: number, split: Split | null = null, from = 1): SplitCandidate[] {
  return Array.from({ length: count }, (_, i) => ({
    id: from + i,
    split,
    class_names: [i % 2 === 0 ? 'bolt' : 'nut'],
  }));
}

const ids = (part: readonly SplitCandidate[]) => part.map(({ id }) => id);

test('a fifth is held out at random; every image lands in exactly one part', () => {
  const all = images(100);

  const { train, validation, test: kept } = splitImages(all, settings);

  expect([train.length, validation.length, kept.length]).toEqual([80, 20, 0]);
  expect([...ids(train), ...ids(validation)].sort((a, b) => a - b)).toEqual(ids(all));
  expect(ids(validation)).not.toEqual(Array.from({ length: 20 }, (_, i) => 1 + 5 * i));
});

test('the seed decides', () => {
  const parts = [7, 7, 8].map((seed) => ids(splitImages(images(100), { splitRatio: 0.2, seed }).validation));

  expect(parts[0]).toEqual(parts[1]);
  expect(parts[0]).not.toEqual(parts[2]);
});

test('images that came as validation data are the validation part, and nothing is held out', () => {
  const {
    train,
    validation,
    test: kept,
  } = splitImages(
    [...images(6), ...images(2, 'train', 10), ...images(3, 'validation', 20), ...images(2, 'test', 30)],
    settings,
  );

  expect([ids(train), ids(validation), ids(kept)]).toEqual([
    [1, 2, 3, 4, 5, 6, 10, 11],
    [20, 21, 22],
    [30, 31],
  ]);
});

test('images marked for training stay there while unmarked ones can be held out', () => {
  const { train, validation } = splitImages([...images(5, 'train'), ...images(5, null, 10)], {
    splitRatio: 1,
    seed: 1,
  });

  expect([ids(train), ids(validation)]).toEqual([
    [1, 2, 3, 4, 5],
    [10, 11, 12, 13, 14],
  ]);
});

test('where all are marked for training, a part of them is held out', () => {
  const { train, validation } = splitImages(images(10, 'train'), settings);

  expect([train.length, validation.length]).toEqual([8, 2]);
});

test('at least one image stays on each side', () => {
  const parts = [0.0001, 1].map((splitRatio) => splitImages(images(5), { splitRatio, seed: 3 }));

  expect(parts.map(({ train, validation }) => [train.length, validation.length])).toEqual([
    [4, 1],
    [1, 4],
  ]);
});

test('a class that one part lacks is warned of', () => {
  const all = [...images(4, 'train'), { id: 9, split: 'validation' as const, class_names: ['washer', 'pin'] }];

  expect(splitImages(all, settings).warnings).toEqual([
    'class "bolt" has no image in the validation part',
    'class "nut" has no image in the validation part',
    'class "pin" has no image in the training part',
    'class "washer" has no image in the training part',
  ]);
});

test('what cannot be split is refused with its numbers', async () => {
  const errors = [
    await appErrorOf(() => splitImages(images(1), settings)),
    await appErrorOf(() => splitImages(images(3, 'validation'), settings)),
    await appErrorOf(() => splitImages(images(9), { splitRatio: 0, seed: 1 })),
    await appErrorOf(() => splitImages(images(9), { splitRatio: 1.5, seed: 1 })),
    await appErrorOf(() => splitImages(images(9), { splitRatio: Number.NaN, seed: 1 })),
  ];

  expect(errors.map((error) => [error.code, error.message])).toEqual([
    ['too-few-images', 'training needs at least 2 images, one of them to validate on; there are 1'],
    ['too-few-images', 'training needs images to train on and to validate on; there are 0 and 3'],
    ['bad-hyperparameter', 'split_ratio 0 leaves nothing to validate on, and no image came as validation data'],
    ['bad-hyperparameter', 'split_ratio must lie in [0, 1], got 1.5'],
    ['bad-hyperparameter', 'split_ratio must lie in [0, 1], got NaN'],
  ]);
});
