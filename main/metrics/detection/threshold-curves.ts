/**
 * Precision over recall at several overlaps, as COCO draws it: the highest precision at each of 101 recalls or beyond. The
 * mean of a line is the average precision at its overlap.
 */

import { COCO_THRESHOLDS } from './coco.ts';
import { ALL_AREAS, ClassPairs } from './match.ts';
import type { DetectionSet, Overlap } from './objects.ts';
import { COCO_RECALLS, hitCurve, mean, precisionAt } from './precision-recall.ts';
import { rankClasses } from './ranked.ts';

export interface ThresholdCurves {
  /** From which overlap on a detection is on a truth; null: the mean over all of COCO's, 0.5 to 0.95. */
  readonly overlap: number | null;
  /** Over the classes that have truths; null where none has. Shapes: [101]. */
  readonly mean: readonly number[] | null;
  /** In order of class index; null without truths. Shapes: each [101]. */
  readonly classes: readonly (readonly number[] | null)[];
}

/** Places of 0.5 and 0.75 among COCO's thresholds. */
const SHOWN = [0, 5] as const;

export function thresholdCurves(set: DetectionSet, overlap: Overlap): ThresholdCurves[] {
  const classes = rankClasses(set).map((ranked) => {
    const pairs = new ClassPairs(set, ranked, overlap, COCO_THRESHOLDS[0]!);
    const { positives, outcome } = pairs.match(COCO_THRESHOLDS, ALL_AREAS);
    return positives === 0 ? null : outcome.map((column) => precisionAt(hitCurve(column, positives), COCO_RECALLS));
  });
  const curvesOf = (at: number | null): Omit<ThresholdCurves, 'overlap'> => {
    const lines = classes.map((own) => own && (at === null ? meanLine(own) : [...own[at]!]));
    const there = lines.filter((line) => line !== null);
    return { mean: there.length === 0 ? null : meanLine(there), classes: lines };
  };
  return [
    ...SHOWN.map((at) => ({ overlap: COCO_THRESHOLDS[at]!, ...curvesOf(at) })),
    { overlap: null, ...curvesOf(null) },
  ];
}

const meanLine = (lines: readonly ArrayLike<number>[]): number[] =>
  COCO_RECALLS.map((_, i) => mean(lines.map((line) => line[i]!)));
