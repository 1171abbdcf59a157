import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../../../preload/contract/evaluation.ts';
import {
  confusedPairs,
  confusionView,
  labelOutcomes,
  WIDEST_MATRIX,
} from '../../../../renderer/dash/derive/confusion.ts';
import { madeEvaluation, madeLabelEvaluation } from '../../../kit/made-evaluations.ts';

const withConfusion = (classes: string[], confusion: number[][]): Evaluation => ({
  ...madeEvaluation({ classes, images: 4 }),
  confusion,
});

const PETS = withConfusion(
  ['cat', 'dog', 'hen'],
  [
    [6, 2, 0],
    [1, 3, 0],
    [0, 0, 0],
  ],
);

describe('the matrix', () => {
  test('has counts, shares of the row, and how dark the darkest is', () => {
    const view = confusionView(PETS)!;

    expect(view).toMatchObject({ names: ['cat', 'dog', 'hen'], most: 6, leftOut: 0 });
    expect(view.rows[0]).toEqual([
      { count: 6, share01: 0.75, isRight: true },
      { count: 2, share01: 0.25, isRight: false },
      { count: 0, share01: 0, isRight: false },
    ]);
    expect(view.rows[2]!.map(({ share01 }) => share01)).toEqual([0, 0, 0]);
  });

  test('of many classes holds those with the most mistakes from or to them, in order', () => {
    const count = WIDEST_MATRIX + 5;
    const classes = Array.from({ length: count }, (_, i) => `class ${i}`);
    const confusion = classes.map((_, i) => classes.map((__, j): number => (i === j ? 5 : 0)));
    confusion[33]![2] = 4; // both are shown before any class without a mistake

    const view = confusionView(withConfusion(classes, confusion))!;

    expect(view).toMatchObject({ leftOut: 5 });
    expect(view.names).toHaveLength(WIDEST_MATRIX);
    expect(view.names).toEqual(expect.arrayContaining(['class 2', 'class 33']));
    expect(view.rows[view.names.indexOf('class 33')]![view.names.indexOf('class 2')]!.count).toBe(4);
  });

  test('is none where images may have several classes', () => {
    expect(confusionView(madeLabelEvaluation())).toBeNull();
  });
});

test('the most frequent mistakes come first, of equal ones those of the smaller class', () => {
  const mistakes = withConfusion(
    ['cat', 'dog', 'hen'],
    [
      [9, 2, 1],
      [2, 1, 0],
      [0, 3, 4],
    ],
  );

  expect(confusedPairs(mistakes, 3)).toEqual([
    { truth: 'hen', predicted: 'dog', count: 3, images: 7 },
    { truth: 'dog', predicted: 'cat', count: 2, images: 3 },
    { truth: 'cat', predicted: 'dog', count: 2, images: 12 },
  ]);
  expect(confusedPairs(madeLabelEvaluation(), 3)).toEqual([]);
});

test('outcomes of a class are told by name', () => {
  const evaluation: Evaluation = {
    ...madeLabelEvaluation({ classes: ['sea'], images: 4 }),
    label_confusion: [
      [
        [7, 2],
        [3, 5],
      ],
    ],
  };

  expect(labelOutcomes(evaluation)).toEqual([{ name: 'sea', found: 5, missed: 3, falseAlarms: 2, rightlyNot: 7 }]);
  expect(labelOutcomes(madeEvaluation())).toEqual([]);
});
