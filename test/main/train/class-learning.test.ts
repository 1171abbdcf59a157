import { expect, test } from 'vitest';
import { classWeights } from '../../../main/train/class-learning.ts';

const labelled = (sets: readonly (readonly number[])[]) =>
  sets.map((labels, id) => ({ id, labels, path: `${id}.jpg` }));
const samples = (labels: readonly number[]) => labelled(labels.map((label) => [label]));

test('weighted_loss 2 weighs a class by the largest count over its own, 1 by the root of that, 0 not at all', () => {
  const train = samples([0, 0, 0, 0, 1]);

  expect(classWeights(0, train, 2)).toBeNull();
  expect(classWeights(1, train, 2)).toEqual([1, 2]);
  expect(classWeights(2, train, 2)).toEqual([1, 4]);
});

test('a class without training images weighs as if it had one', () => {
  expect(classWeights(2, samples([0, 0, 0]), 2)).toEqual([1, 3]);
});

test('where an image may have several classes, it counts for each of them', () => {
  expect(classWeights(2, labelled([[0, 1], [0], [], [0, 2], [0, 1]]), 3)).toEqual([1, 2, 4]);
});
