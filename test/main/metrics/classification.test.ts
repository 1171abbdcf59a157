import { describe, expect, test } from 'vitest';
import { CLASSIFICATION_METRICS, evaluateClassification } from '../../../main/metrics/classification.ts';
import type { Predictions } from '../../../main/metrics/predictions.ts';
import { differences } from '../../kit/differences.ts';
import { classificationCases } from '../../kit/fixture-classification.ts';

const TOLERANCE = 1e-9;

const table = (rows: number[][], truth: number[]): Predictions => ({
  scores: Float64Array.from(rows.flat()),
  truth: Int32Array.from(truth),
  classes: rows[0]!.length,
});

describe.each(classificationCases())('scikit-learn on $name', ({ predictions, expected }) => {
  test('gives the same metrics, classes and confusion', () => {
    const { metrics, report, confusion, confusion_normalised } = evaluateClassification(predictions);

    expect(
      differences({ metrics, classes: report.classes, confusion, confusion_normalised }, expected, TOLERANCE),
    ).toEqual([]);
  });
});

describe('classification metrics', () => {
  test('come under their literal names, all of them', () => {
    const { metrics } = evaluateClassification(table([[0.7, 0.3]], [0]));

    expect(Object.keys(metrics)).toEqual([...CLASSIFICATION_METRICS]);
  });

  test('the average rows of the report are the averaged metrics', () => {
    for (const { predictions } of classificationCases()) {
      const { metrics, report } = evaluateClassification(predictions);

      for (const name of ['macro', 'micro', 'weighted'] as const) {
        expect(report[name]).toEqual({
          precision: metrics[`precision_score_${name}`],
          recall: metrics[`recall_score_${name}`],
          'f1-score': metrics[`f1_score_${name}`],
          support: predictions.truth.length,
          auc: metrics[`AUC_${name}`],
          average_precision: metrics[`average_precision_score_${name}`],
        });
      }
    }
  });

  test('weighted accuracy of classes of 3 and 1 samples, 3 and 0 right, is 9/10', () => {
    const { metrics } = evaluateClassification(
      table([[1, 0], [1, 0], [1, 0], [1, 0]], [0, 0, 0, 1]), // biome-ignore format: a table
    );

    expect(metrics.weighted_accuracy).toBe(0.9);
  });

  test('norm_macro_recall of four classes with macro recall 0.7 is 0.6', () => {
    const hitsPerTen = [10, 8, 6, 4];
    const predicted = hitsPerTen.flatMap((hits, c) =>
      Array.from({ length: 10 }, (_, i) => (i < hits ? c : (c + 1) % 4)),
    );
    const truth = predicted.map((_, i) => Math.floor(i / 10));
    const rows = predicted.map((p) => [0, 1, 2, 3].map((c) => (c === p ? 1 : 0)));

    const { metrics } = evaluateClassification(table(rows, truth));

    expect(metrics.recall_score_macro).toBeCloseTo(0.7, 12);
    expect(metrics.norm_macro_recall).toBeCloseTo(0.6, 12);
  });

  test('of equal scores the first class is predicted', () => {
    expect(evaluateClassification(table([[0.2, 0.4, 0.4]], [2])).confusion[2]).toEqual([0, 1, 0]);
  });

  test('a single class is right by definition, and what compares classes is undefined', () => {
    const { metrics } = evaluateClassification(table([[1], [1]], [0, 0]));

    expect(metrics).toMatchObject({
      accuracy: 1,
      AUC_macro: null,
      AUC_micro: null,
      AUC_weighted: null,
      average_precision_score_micro: 1,
      log_loss: 0,
      matthews_correlation: 0,
      norm_macro_recall: null,
    });
  });
});

describe('bad predictions are refused by row', () => {
  const good = [[0.7, 0.3], [0.4, 0.6]]; // biome-ignore format: a table

  test.each([
    ['no rows', { ...table(good, []), scores: new Float64Array(0) }, /at least one row is needed/],
    ['no classes', table([[], []], [0, 0]), /number of classes must be a positive integer, got 0/],
    [
      'too few scores',
      { ...table(good, [0, 1]), truth: Int32Array.of(0, 1, 1) },
      /3 rows of 2 classes need 6 scores, got 4/,
    ],
    ['a label past the classes', table(good, [0, 2]), /row 1 has the true class 2, expected 0 to 1/],
    ['a negative label', table(good, [-1, 0]), /row 0 has the true class -1, expected 0 to 1/],
    ['NaN', table([[0.7, 0.3], [Number.NaN, 1]], [0, 1]), /row 1 has the score NaN for class 0/], // biome-ignore format: a table
    ['a negative score', table([[1.1, -0.1]], [0]), /row 0 has the score 1.1 for class 0, expected a probability/],
    ['infinity', table([[0, Number.POSITIVE_INFINITY]], [0]), /row 0 has the score Infinity for class 1/],
    ['logits', table([[0.5, 0.2]], [0]), /scores of row 0 sum to 0.7, expected 1/],
  ])('%s', (_, predictions, message) => {
    expect(() => evaluateClassification(predictions)).toThrow(
      expect.objectContaining({ code: 'bad-predictions', message: expect.stringMatching(message) as string }),
    );
  });
});
