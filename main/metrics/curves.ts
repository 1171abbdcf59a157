/**
 * The charts' lines, ready to draw, per class and averaged. A curve is null where it is undefined: ROC without positives
 * or negatives, all others but calibration without positives.
 * Source: product specification, section 9.2.
 */

import { type Calibration, CalibrationBins } from './calibration.ts';
import { gainsLine, liftLine, precisionRecallLine, rocLine } from './curve-lines.ts';
import { averageLine, type Between, type Line, thinned } from './line.ts';
import type { Ranking } from './ranking.ts';
import type { ByClass } from './ranking-scores.ts';
import type { SortedColumn } from './sorted-column.ts';

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

/** Over the share of samples, those of highest score first; from (0, 0) to (1, 1). */
export interface GainsCurve {
  readonly share_of_samples: readonly number[];
  readonly share_of_positives: readonly number[];
}

/** Gains divided by the share of samples. */
export interface LiftCurve {
  readonly share_of_samples: readonly number[];
  readonly lift: readonly number[];
}

export interface Curves {
  readonly roc: RocCurve | null;
  readonly precision_recall: PrecisionRecallCurve | null;
  readonly cumulative_gains: GainsCurve | null;
  readonly lift: LiftCurve | null;
  readonly calibration: Calibration | null;
}

/**
 * Micro pools all pairs of sample and class. Macro and weighted are means of the heights of the classes' curves, equally
 * weighted or by support, over the classes that have one.
 */
export interface ClassificationCurves {
  /** In order of class index, each class against the rest. */
  readonly classes: readonly Curves[];
  readonly macro: Curves;
  readonly micro: Curves;
  readonly weighted: Curves;
}

/** Points of all classes' curves of one kind together, which bounds the file of a thousand classes. */
const POINTS_OF_A_CHART = 20_000;
export const MOST_POINTS = 512;
export const FEWEST_POINTS = 32;

interface Lines {
  readonly roc: Line | null;
  readonly precisionRecall: Line | null;
  readonly gains: Line | null;
}

/** Shapes: support [C], samples that are truly of each class. */
export function classificationCurves(
  columns: readonly SortedColumn[],
  rankings: ByClass<Ranking>,
  support: readonly number[],
): ClassificationCurves {
  const lines = rankings.classes.map(linesOf);
  const bins = columns.map((column) => CalibrationBins.of(column));
  const perClass = Math.floor(POINTS_OF_A_CHART / columns.length);
  const limit = Math.max(FEWEST_POINTS, Math.min(MOST_POINTS, perClass));
  const average = (weight: (index: number) => number) =>
    curvesFrom(averageLines(lines, weight), CalibrationBins.average(bins, weight), MOST_POINTS);
  return {
    classes: lines.map((each, c) => curvesFrom(each, bins[c]!.calibration(), limit)),
    macro: average(() => 1),
    micro: curvesFrom(linesOf(rankings.pooled), CalibrationBins.pooled(bins).calibration(), MOST_POINTS),
    weighted: average((c) => support[c]!),
  };
}

const linesOf = (ranking: Ranking): Lines => ({
  roc: rocLine(ranking),
  precisionRecall: precisionRecallLine(ranking),
  gains: gainsLine(ranking),
});

/**
 * Precision between two recalls is that of the next one, as average precision takes it: so the area under an averaged
 * precision-recall curve is the averaged average precision. The mean of lifts is the lift of the mean gains: at each place
 * both are divided by the same share.
 */
function averageLines(lines: readonly Lines[], weight: (index: number) => number): Lines {
  const average = (name: keyof Lines, between: Between) =>
    averageLine(
      lines.map((line) => line[name]),
      weight,
      between,
    );
  return {
    roc: average('roc', 'straight'),
    precisionRecall: average('precisionRecall', 'next'),
    gains: average('gains', 'straight'),
  };
}

function curvesFrom({ roc, precisionRecall, gains }: Lines, calibration: Calibration | null, limit: number): Curves {
  const drawn = <Curve>(line: Line | null, toCurve: (x: number[], y: number[]) => Curve): Curve | null => {
    if (line === null) return null;
    const { x, y } = thinned(line, limit);
    return toCurve([...x], [...y]);
  };
  return {
    roc: drawn(roc, (x, y) => ({ false_positive_rate: x, true_positive_rate: y })),
    precision_recall: drawn(precisionRecall, (x, y) => ({ recall: x, precision: y })),
    cumulative_gains: drawn(gains, (x, y) => ({ share_of_samples: x, share_of_positives: y })),
    lift: drawn(gains === null ? null : liftLine(gains), (x, y) => ({ share_of_samples: x, lift: y })),
    calibration,
  };
}
