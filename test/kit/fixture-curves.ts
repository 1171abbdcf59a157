import type { Curves } from '../../main/metrics/curves.ts';

/** Curves as `test/fixtures/sklearn/sklearn_curves.py` writes them: every point of them, one per distinct score. */
export type FixtureCurves = Pick<Curves, 'roc' | 'precision_recall' | 'cumulative_gains' | 'calibration'>;

export interface FixtureCurveSet {
  readonly classes: readonly FixtureCurves[];
  readonly micro: FixtureCurves;
}
