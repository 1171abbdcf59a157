import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../../../preload/contract/evaluation.ts';
import {
  everyMetric,
  formatInterval,
  headline,
  intervalNote,
  orderedParts,
  shownPart,
} from '../../../../renderer/dash/derive/evaluation.ts';
import { madeEvaluation, madeLabelEvaluation } from '../../../kit/made-evaluations.ts';

describe('the headline', () => {
  test('of one class an image', () => {
    const evaluation = madeEvaluation();

    expect(headline(evaluation).map(({ name }) => name)).toEqual([
      'Accuracy',
      'Balanced accuracy',
      'F1, macro',
      'AUC, macro',
      'Average precision, macro',
      'Log loss',
    ]);
    expect(headline(evaluation)[0]).toEqual({
      name: 'Accuracy',
      metric: 'accuracy',
      value: evaluation.metrics['accuracy'],
      interval: evaluation.intervals!.metrics['accuracy'],
    });
  });

  test('of several classes an image begins with iou, and says what accuracy means there', () => {
    expect(headline(madeLabelEvaluation()).map(({ name }) => name)).toEqual([
      'IoU',
      'All labels right',
      'F1, macro',
      'AUC, macro',
      'Average precision, macro',
      'Log loss',
    ]);
  });

  test('without intervals has none', () => {
    const evaluation: Evaluation = { ...madeEvaluation(), intervals: null };

    expect(headline(evaluation)[0]!.interval).toBeNull();
    expect(intervalNote(evaluation)).toBe('no intervals');
  });
});

test('every metric comes in the order of the report', () => {
  const evaluation = madeEvaluation();

  expect(everyMetric(evaluation).map(({ metric }) => metric)).toEqual(Object.keys(evaluation.metrics));
});

test('intervals read as their ends', () => {
  expect(formatInterval([0.74118, 0.863])).toBe('0.7412 – 0.8630');
  expect(formatInterval(null)).toBe('–');
  expect(intervalNote(madeEvaluation())).toBe('95 % intervals from 50 bootstrap draws of these images');
});

test('the part on show is the chosen one where it was judged, else validation, test, training', () => {
  expect(shownPart(['train', 'test'], 'train')).toBe('train');
  expect(shownPart(['train', 'test'], 'validation')).toBe('test');
  expect(shownPart(['train', 'validation'], null)).toBe('validation');
  expect(shownPart([], 'test')).toBeNull();
  expect(orderedParts(['train', 'test', 'validation'])).toEqual(['validation', 'test', 'train']);
});
