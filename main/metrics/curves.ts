/**
 * ROC and precision-recall curves as polylines ready to draw. Corners lie only where positives are met, so a curve has
 * at most two points per distinct score of a positive, and is thinned beyond `MAX_CURVE_POINTS`.
 */

import { checkPredictions, type Predictions } from './predictions.ts';
import { Questions } from './questions.ts';
import type { Ranking } from './ranking.ts';
import { placingsOf, rankingsOf } from './ranking-scores.ts';
import { type Point, thinPolyline } from './thin-polyline.ts';

export const MAX_CURVE_POINTS = 512;

/** From (0, 0) to (1, 1). */
export interface RocCurve {
  readonly false_positive_rate: readonly number[];
  readonly true_positive_rate: readonly number[];
}

/** From recall 0, where precision is 1 by convention, to recall 1. */
export interface PrecisionRecallCurve {
  readonly recall: readonly number[];
  readonly precision: readonly number[];
}

/** A curve is null where it is undefined: ROC without positives or negatives, precision-recall without positives. */
export interface Curves {
  readonly roc: RocCurve | null;
  readonly precision_recall: PrecisionRecallCurve | null;
}

export interface ClassificationCurves {
  /** In order of class index, each class against the rest. */
  readonly classes: readonly Curves[];
  /** All pairs of sample and class pooled. */
  readonly micro: Curves;
}

/**
 * The curves of every class and of all classes pooled.
 * Shapes: scores [N,C], truth [N].
 * Errors: bad-predictions as `evaluateClassification`.
 */
export function classificationCurves(predictions: Predictions): ClassificationCurves {
  checkPredictions(predictions);
  const { classes, pooled } = rankingsOf(placingsOf(Questions.ofClasses(predictions)));
  return { classes: classes.map(curvesOf), micro: curvesOf(pooled) };
}

const curvesOf = (ranking: Ranking): Curves => ({ roc: rocOf(ranking), precision_recall: precisionRecallOf(ranking) });

/** Between two scores of positives only false positives are added, a horizontal line; at a tie the line is oblique. */
function rocOf({ positives, negatives, ...ranking }: Ranking): RocCurve | null {
  if (positives === 0 || negatives === 0) return null;
  const line = new Polyline();
  line.to(0, 0);
  ranking.truePositives.forEach((hits, k) => {
    line.to(ranking.negativesAbove[k]! / negatives, (ranking.truePositives[k - 1] ?? 0) / positives);
    line.to(ranking.falsePositives[k]! / negatives, hits / positives);
  });
  line.to(1, 1);
  const points = thinPolyline(line.points, MAX_CURVE_POINTS);
  return { false_positive_rate: points.map(([x]) => x), true_positive_rate: points.map(([, y]) => y) };
}

/** Between two scores of positives precision only falls, a vertical line. */
function precisionRecallOf({ positives, negatives, ...ranking }: Ranking): PrecisionRecallCurve | null {
  if (positives === 0) return null;
  const line = new Polyline();
  const at = (hits: number, alarms: number) => line.to(hits / positives, hits / (hits + alarms));
  line.to(0, 1);
  ranking.truePositives.forEach((hits, k) => {
    const [hitsBefore, alarmsBefore] = [ranking.truePositives[k - 1] ?? 0, ranking.falsePositives[k - 1] ?? 0];
    const alarms = ranking.negativesAbove[k]!;
    if (alarms > alarmsBefore) at(hitsBefore, alarms);
    at(hits, ranking.falsePositives[k]!);
  });
  at(positives, negatives);
  const points = thinPolyline(line.points, MAX_CURVE_POINTS);
  return { recall: points.map(([x]) => x), precision: points.map(([, y]) => y) };
}

/** Points without repetitions. */
class Polyline {
  readonly points: Point[] = [];

  to(x: number, y: number): void {
    const last = this.points.at(-1);
    if (last === undefined || last[0] !== x || last[1] !== y) this.points.push([x, y]);
  }
}
