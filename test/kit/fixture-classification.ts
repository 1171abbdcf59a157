/** The layout of `test/fixtures/sklearn/classification.json`; its script says how it was made. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../build/source-files.ts';
import type { Calibration } from '../../main/metrics/calibration.ts';
import type { ReportRow } from '../../main/metrics/class-report.ts';
import type { Predictions } from '../../main/metrics/predictions.ts';
import type { FixtureCurveSet } from './fixture-curves.ts';
import { fixtureHashes, fixtureLabels } from './fixture-weights.ts';

interface Expected {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly classes: readonly ReportRow[];
  readonly confusion: readonly (readonly number[])[];
  readonly confusion_normalised: readonly (readonly number[])[];
}

interface ExplicitCase {
  readonly name: string;
  readonly precision: 'float32' | 'float64';
  readonly truth: readonly number[];
  readonly scores: readonly (readonly number[])[];
  readonly expected: Expected;
  readonly curves: FixtureCurveSet;
  readonly top_label_calibration: Calibration;
}

interface CountedCase {
  readonly name: string;
  readonly counts: {
    readonly rows: number;
    readonly classes: number;
    readonly levels: number;
    readonly boost: number;
  };
  readonly expected: Expected;
}

export interface ClassificationCase {
  readonly name: string;
  readonly predictions: Predictions;
  readonly expected: Expected;
  /** Every point of every curve; only the small cases have them. */
  readonly curves: FixtureCurveSet | null;
  readonly topLabel: Calibration | null;
}

/** Predictions with the numbers scikit-learn gives for them. */
export function classificationCases(): ClassificationCase[] {
  const text = readFileSync(join(ROOT, 'test', 'fixtures', 'sklearn', 'classification.json'), 'utf8');
  const { cases } = JSON.parse(text) as { cases: (ExplicitCase | CountedCase)[] };
  return cases.map((entry) => {
    const { name, expected } = entry;
    if ('counts' in entry) return { name, predictions: counted(entry), expected, curves: null, topLabel: null };
    const { curves, top_label_calibration: topLabel } = entry;
    return { name, predictions: explicit(entry), expected, curves, topLabel };
  });
}

function explicit({ precision, truth, scores }: ExplicitCase): Predictions {
  const flat = scores.flat();
  return {
    scores: precision === 'float32' ? Float32Array.from(flat) : Float64Array.from(flat),
    truth: Int32Array.from(truth),
    classes: scores[0]!.length,
  };
}

/** Integers from the formula, plus `boost` for the true class, divided by their row's sum. */
function counted({ counts: { rows, classes, levels, boost } }: CountedCase): Predictions {
  const truth = fixtureLabels('metrics:truth', rows, classes);
  const scores = Float64Array.from(fixtureHashes('metrics:counts', rows * classes), (hash) => (hash % levels) + 1);
  truth.forEach((label, row) => {
    const values = scores.subarray(row * classes, (row + 1) * classes);
    values[label]! += boost;
    const sum = values.reduce((total, value) => total + value, 0);
    values.forEach((value, column) => {
      values[column] = value / sum;
    });
  });
  return { scores, truth, classes };
}
