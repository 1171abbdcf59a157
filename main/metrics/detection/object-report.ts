/** Everything there is to say of a detector's finds: COCO's numbers, Pascal VOC's, confusion, mistakes, intervals, curves. */

import type { Draws } from '../bootstrap.ts';
import { USUAL_RESAMPLES } from '../bootstrap.ts';
import { type CocoEvaluation, evaluateCoco } from './coco.ts';
import { type MistakeReport, mistakesOf } from './mistakes.ts';
import { objectConfusion } from './object-confusion.ts';
import { type ObjectIntervals, objectIntervals } from './object-intervals.ts';
import { aboveScore, type DetectionSet } from './objects.ts';
import { type OverlapKind, overlapOf } from './overlap.ts';
import { evaluateVoc, type PrecisionRecallCurve, VOC_THRESHOLD, type VocEvaluation } from './voc.ts';

export interface ObjectReport {
  /** Of all detections, whatever their score. */
  readonly coco: CocoEvaluation;
  /** COCO's numbers where the boundaries of masks have to overlap as well; only where it was asked for. */
  readonly boundary?: CocoEvaluation;
  /** This and what follows: of the detections above the score threshold. */
  readonly voc: VocEvaluation;
  readonly confusion: readonly (readonly number[])[];
  readonly mistakes: MistakeReport;
  readonly intervals: ObjectIntervals | null;
  /** In order of class index. */
  readonly curves: readonly (PrecisionRecallCurve | null)[];
}

export interface ObjectReportOptions {
  readonly overlap: Exclude<OverlapKind, 'boundaries'>;
  readonly withBoundaries?: boolean;
  /** Detections count above it, but for COCO's numbers; all of them without one. */
  readonly scoreThreshold?: number;
  /** From which overlap on a detection is on a truth; COCO's numbers and the kinds of mistakes have their own. */
  readonly overlapThreshold?: number;
  /** 0 for no intervals. */
  readonly resamples?: number;
  readonly draws: Draws;
}

export function reportObjects(set: DetectionSet, options: ObjectReportOptions): ObjectReport {
  const { overlapThreshold = VOC_THRESHOLD, resamples = USUAL_RESAMPLES, draws } = options;
  const overlap = overlapOf(set, options.overlap);
  const kept = options.scoreThreshold === undefined ? set : aboveScore(set, options.scoreThreshold);
  const keptOverlap = kept === set ? overlap : overlapOf(kept, options.overlap);
  const { evaluation, curves, outcomes } = evaluateVoc(kept, keptOverlap, overlapThreshold);
  return {
    coco: evaluateCoco(set, overlap),
    ...(options.withBoundaries === true ? { boundary: evaluateCoco(set, overlapOf(set, 'boundaries')) } : {}),
    voc: evaluation,
    confusion: objectConfusion(kept, keptOverlap, overlapThreshold),
    mistakes: mistakesOf(kept, keptOverlap),
    intervals: objectIntervals(set, overlap, outcomes, { resamples, draws }),
    curves,
  };
}
