import { describe, expect, test } from 'vitest';
import { INTERVAL_LEVEL, USUAL_RESAMPLES } from '../../../main/metrics/bootstrap.ts';
import { evaluateClassification } from '../../../main/metrics/classification.ts';
import { evaluateMultilabel } from '../../../main/metrics/multilabel.ts';
import type { LabelPredictions, Predictions } from '../../../main/metrics/predictions.ts';
import { reportClassification, reportMultilabel } from '../../../main/metrics/report.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { differences } from '../../kit/differences.ts';
import { classificationCases } from '../../kit/fixture-classification.ts';
import { multilabelCases } from '../../kit/fixture-multilabel.ts';

const RESAMPLES = 25;

/** numpy's percentile, between two values in proportion. */
function percentile(values: readonly number[], share01: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share01 * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (at - Math.floor(at)) * (high - low);
}

/** Intervals in the plain way: rows are copied as they are drawn, and judged from scratch. */
function plainIntervals(
  rows: number,
  metrics: Readonly<Record<string, number | null>>,
  judge: (drawn: Int32Array) => Readonly<Record<string, number | null>>,
) {
  const rng = rngFrom(5, 'draws');
  const judged = Array.from({ length: RESAMPLES }, () =>
    judge(Int32Array.from({ length: rows }, () => rng.integer(rows))),
  );
  const entries = Object.entries(metrics).map(([name, value]) => {
    const values = judged.flatMap((each) => each[name] ?? []);
    const ends = [(1 - INTERVAL_LEVEL) / 2, (1 + INTERVAL_LEVEL) / 2].map((share) => percentile(values, share));
    return [name, value === null ? null : ends] as const;
  });
  return Object.fromEntries(entries);
}

function drawnRows<Values extends Float32Array | Float64Array | Uint8Array>(
  values: Values,
  width: number,
  drawn: Int32Array,
) {
  const rows = Array.from(drawn, (row) => [...values.subarray(row * width, (row + 1) * width)]);
  return (values.constructor as typeof Float64Array).from(rows.flat()) as unknown as Values;
}

const options = () => ({ resamples: RESAMPLES, draws: rngFrom(5, 'draws') });

describe('bootstrap intervals are those of rows drawn and judged from scratch', () => {
  const small = <Case extends { predictions: { truth: { length: number } } }>(cases: Case[]) =>
    cases.filter(({ predictions }) => predictions.truth.length <= 150);

  test.each(small(classificationCases()))('single-label, $name', ({ predictions }) => {
    const { scores, truth, classes } = predictions;
    const { evaluation } = reportClassification(predictions, options());
    const judge = (drawn: Int32Array) => {
      const copied: Predictions = {
        scores: drawnRows(scores, classes, drawn),
        truth: Int32Array.from(drawn, (row) => truth[row]!),
        classes,
      };
      return evaluateClassification(copied).metrics;
    };

    const expected = plainIntervals(truth.length, evaluation.metrics, judge);

    expect(differences(evaluation.intervals!.metrics, expected, 1e-9)).toEqual([]);
  });

  test.each(small(multilabelCases()))('multi-label, $name', ({ predictions }) => {
    const { scores, truth, classes } = predictions;
    const { evaluation } = reportMultilabel(predictions, options());
    const judge = (drawn: Int32Array) => {
      const copied: LabelPredictions = {
        scores: drawnRows(scores, classes, drawn),
        truth: drawnRows(truth, classes, drawn),
        classes,
      };
      return evaluateMultilabel(copied).metrics;
    };

    const expected = plainIntervals(truth.length / classes, evaluation.metrics, judge);

    expect(differences(evaluation.intervals!.metrics, expected, 1e-9)).toEqual([]);
  });
});

describe('a report', () => {
  const { predictions } = classificationCases().find(({ name }) => name === 'balanced')!;

  test('is a function of predictions and seed', () => {
    const once = () => reportClassification(predictions, { draws: rngFrom(1) });

    expect(once()).toEqual(once());
    expect(once().evaluation.intervals!.resamples).toBe(USUAL_RESAMPLES);
  });

  test('says what an evaluation says', () => {
    const { intervals, ...evaluation } = reportClassification(predictions, options()).evaluation;

    expect(evaluation).toEqual(evaluateClassification(predictions));
  });

  test('gives intervals per class, around the value', () => {
    const { report, intervals } = reportClassification(predictions, options()).evaluation;

    report.classes.forEach((row, c) => {
      for (const name of ['precision', 'recall', 'f1-score', 'auc', 'average_precision'] as const) {
        const [low, high] = intervals!.classes[c]![name]!;
        expect(low).toBeLessThanOrEqual(row[name]!);
        expect(high).toBeGreaterThanOrEqual(row[name]!);
      }
    });
  });

  test('has an interval of accuracy as wide as theory says', () => {
    const rows = 2000;
    const truth = Int32Array.from({ length: rows }, (_, i) => i % 2);
    const scores = Float64Array.from({ length: 2 * rows }, (_, i) =>
      (i >> 1) % 5 === 0 ? 0.5 : (i & 1) === (i >> 1) % 2 ? 1 : 0,
    );
    const { metrics, intervals } = reportClassification(
      { scores, truth, classes: 2 },
      { draws: rngFrom(2) },
    ).evaluation;
    const accuracy = metrics.accuracy!;
    const half = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / rows);

    const [low, high] = intervals!.metrics['accuracy']!;

    expect(Math.abs(low - (accuracy - half))).toBeLessThan(0.1 * half);
    expect(Math.abs(high - (accuracy + half))).toBeLessThan(0.1 * half);
  });

  test('without resamples has no intervals', () => {
    expect(reportClassification(predictions, { resamples: 0, draws: rngFrom(1) }).evaluation.intervals).toBeNull();
  });
});
