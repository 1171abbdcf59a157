import { describe, expect, test } from 'vitest';
import { evaluateMultilabel, MULTILABEL_METRICS } from '../../../main/metrics/multilabel.ts';
import type { LabelPredictions } from '../../../main/metrics/predictions.ts';
import { differences } from '../../kit/differences.ts';
import { multilabelCases } from '../../kit/fixture-multilabel.ts';

const TOLERANCE = 1e-9;

const table = (scores: number[][], truth: number[][]): LabelPredictions => ({
  scores: Float64Array.from(scores.flat()),
  truth: Uint8Array.from(truth.flat()),
  classes: scores[0]!.length,
});

describe.each(multilabelCases())('scikit-learn on $name', ({ predictions, expected }) => {
  test('gives the same metrics, classes and confusion', () => {
    const { metrics, report, label_confusion } = evaluateMultilabel(predictions);

    expect(differences({ metrics, classes: report.classes, label_confusion }, expected, TOLERANCE)).toEqual([]);
  });
});

describe('multi-label metrics', () => {
  test('come under their literal names, all of them, and none that has no meaning here', () => {
    const { metrics } = evaluateMultilabel(table([[0.7, 0.3]], [[1, 0]]));

    expect(Object.keys(metrics)).toEqual([...MULTILABEL_METRICS]);
    expect(metrics).not.toHaveProperty('balanced_accuracy');
  });

  test('accuracy is the share of samples with exactly the true labels, none at all included', () => {
    const scores = [[0.9, 0.8], [0.9, 0.2], [0.1, 0.2], [0.4, 0.6]]; // biome-ignore format: a table
    const truth = [[1, 1], [1, 1], [0, 0], [1, 1]]; // biome-ignore format: a table

    expect(evaluateMultilabel(table(scores, truth)).metrics.accuracy).toBe(0.5);
  });

  test('plain iou is the micro average', () => {
    const { metrics } = evaluateMultilabel(table([[0.9, 0.8, 0.1], [0.9, 0.2, 0.1]], [[1, 0, 0], [1, 1, 0]])); // biome-ignore format: a table

    expect([metrics.iou, metrics.iou_micro, metrics.iou_macro]).toEqual([0.5, 0.5, 1 / 3]);
  });

  test('a score of exactly 0.5 is a prediction', () => {
    expect(evaluateMultilabel(table([[0.5]], [[1]])).label_confusion).toEqual([
      [
        [0, 0],
        [0, 1],
      ],
    ]);
  });

  test('the average rows of the report are the averaged metrics', () => {
    for (const { predictions } of multilabelCases()) {
      const { metrics, report } = evaluateMultilabel(predictions);

      for (const name of ['macro', 'micro', 'weighted'] as const) {
        expect(report[name]).toEqual({
          precision: metrics[`precision_score_${name}`],
          recall: metrics[`recall_score_${name}`],
          'f1-score': metrics[`f1_score_${name}`],
          support: predictions.truth.reduce((sum, label) => sum + label, 0),
          auc: metrics[`AUC_${name}`],
          average_precision: metrics[`average_precision_score_${name}`],
        });
      }
    }
  });
});

describe('bad multi-label predictions are refused by row', () => {
  const good = [[0.7, 0.3], [0.4, 0.6]]; // biome-ignore format: a table
  const truth = [[1, 0], [0, 0]]; // biome-ignore format: a table

  test.each([
    ['no rows', { scores: new Float64Array(0), truth: new Uint8Array(0), classes: 2 }, /at least one row is needed/],
    ['no classes', table([[], []], [[], []]), /number of classes must be a positive integer, got 0/],
    [
      'too few scores',
      { ...table(good, truth), scores: new Float64Array(3) },
      /2 rows of 2 classes need 4 scores, got 3/,
    ],
    [
      'a truth of 2',
      table(good, [
        [1, 0],
        [0, 2],
      ]),
      /row 1 has the truth 2 for class 1, expected 0 or 1/,
    ],
    [
      'NaN',
      table(
        [
          [0.7, 0.3],
          [Number.NaN, 1],
        ],
        truth,
      ),
      /row 1 has the score NaN for class 0/,
    ],
    ['a score above 1', table([[1.001, 0]], [[1, 0]]), /row 0 has the score 1.001 for class 0, expected a probability/],
  ])('%s', (_, predictions, message) => {
    // biome-ignore format: tables
    expect(() => evaluateMultilabel(predictions)).toThrow(
      expect.objectContaining({ code: 'bad-predictions', message: expect.stringMatching(message) as string }),
    );
  });
});
