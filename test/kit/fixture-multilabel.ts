/** The layout of `test/fixtures/sklearn/multilabel.json`; its script says how it was made. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../build/source-files.ts';
import type { ReportRow } from '../../main/metrics/class-report.ts';
import type { LabelPredictions } from '../../main/metrics/predictions.ts';
import type { FixtureCurveSet } from './fixture-curves.ts';

interface Case {
  readonly name: string;
  readonly precision: 'float32' | 'float64';
  readonly truth: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
  readonly expected: {
    readonly metrics: Readonly<Record<string, number | null>>;
    readonly classes: readonly ReportRow[];
    readonly label_confusion: readonly (readonly (readonly number[])[])[];
  };
  /** Every point of every curve. */
  readonly curves?: FixtureCurveSet;
}

export interface MultilabelCase extends Pick<Case, 'name' | 'expected'> {
  readonly predictions: LabelPredictions;
  readonly curves: FixtureCurveSet | null;
}

/** Predictions with the numbers scikit-learn gives for them. */
export function multilabelCases(): MultilabelCase[] {
  const text = readFileSync(join(ROOT, 'test', 'fixtures', 'sklearn', 'multilabel.json'), 'utf8');
  const { cases } = JSON.parse(text) as { cases: Case[] };
  return cases.map(({ name, precision, truth, scores, expected, curves }) => ({
    name,
    predictions: {
      scores: precision === 'float32' ? Float32Array.from(scores.flat()) : Float64Array.from(scores.flat()),
      truth: Uint8Array.from(truth.flat()),
      classes: truth[0]!.length,
    },
    expected,
    curves: curves ?? null,
  }));
}
