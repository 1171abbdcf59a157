/**
 * Average precision as Pascal VOC has it, precision and recall at the score threshold.
 * Source: product specification, section 9.3 and 22; Everingham et al. 2010, "The Pascal Visual Object Classes Challenge",
 * section 4.2, and its development kit: by falling score each detection is held against the one truth of its class it
 * overlaps most; of several that meet one truth the first is a hit, the others are false alarms. The specification's
 * "reaches the threshold" is taken literally, and what lies in a crowd without hitting anything is left out.
 */

import { FALSE_ALARM, HIT, LEFT_OUT } from './match.ts';
import type { DetectionSet, Overlap } from './objects.ts';
import {
  ELEVEN_RECALLS,
  everyPointArea,
  type HitCurve,
  hitCurve,
  mean,
  neverRising,
  precisionAt,
} from './precision-recall.ts';
import { type RankedClass, rankClasses } from './ranked.ts';

export const VOC_THRESHOLD = 0.5;

/** A number without anything to divide by is null. */
export interface VocScores {
  /** Area under the never-rising curve over every recall. */
  readonly average_precision: number | null;
  /** Mean of the highest precisions at eleven recalls. */
  readonly average_precision_11_points: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
}

export interface VocClass extends VocScores {
  /** Truths that are no crowds. */
  readonly truths: number;
  /** Detections that count. */
  readonly detections: number;
  readonly hits: number;
}

export interface VocEvaluation {
  /** Means over the classes that have truths; precision and recall of all detections together. */
  readonly mean_average_precision: number | null;
  readonly mean_average_precision_11_points: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  /** In order of class index. */
  readonly classes: readonly VocClass[];
}

/** One class over falling scores; null without truths. */
export interface PrecisionRecallCurve {
  /** From the highest score down. Shapes: all [hits]. */
  readonly recall: readonly number[];
  readonly precision: readonly number[];
  readonly score: readonly number[];
}

/** What became of a class's detections above the score threshold. */
export interface VocOutcomes {
  readonly set: DetectionSet;
  readonly ranked: RankedClass;
  /** Shapes: [D]. */
  readonly outcome: Uint8Array;
}

export interface VocJudged {
  readonly evaluation: VocEvaluation;
  readonly curves: readonly (PrecisionRecallCurve | null)[];
  readonly outcomes: readonly VocOutcomes[];
}

/** The numbers over all classes that are worth an interval. */
export const VOC_NAMES = ['mean_average_precision', 'precision', 'recall'] as const;

/** `set` holds the detections above the score threshold; they meet a truth where they overlap it by `threshold`. */
export function evaluateVoc(set: DetectionSet, overlap: Overlap, threshold: number = VOC_THRESHOLD): VocJudged {
  const outcomes = rankClasses(set, Number.POSITIVE_INFINITY).map((ranked) => ({
    set,
    ranked,
    outcome: outcomesOf(set, overlap, ranked, threshold),
  }));
  const judged = outcomes.map(({ ranked, outcome }) => {
    const positives = ranked.truths.filter((t) => set.truths.isCrowd[t] === 0).length;
    const curve = positives === 0 ? null : hitCurve(outcome, positives, 0);
    return {
      scores: classScores(outcome, positives, curve),
      curve: curve && shownCurve(curve, set, ranked.detections),
    };
  });
  const classes = judged.map(({ scores }) => scores);
  const total = (name: 'truths' | 'detections' | 'hits') => classes.reduce((sum, one) => sum + one[name], 0);
  const evaluation = {
    mean_average_precision: meanOf(classes.map((one) => one.average_precision)),
    mean_average_precision_11_points: meanOf(classes.map((one) => one.average_precision_11_points)),
    precision: share(total('hits'), total('detections')),
    recall: share(total('hits'), total('truths')),
    classes,
  };
  return { evaluation, curves: judged.map(({ curve }) => curve), outcomes };
}

function outcomesOf(
  { truths, detections }: DetectionSet,
  overlap: Overlap,
  ranked: RankedClass,
  threshold: number,
): Uint8Array {
  const byImage = Map.groupBy(ranked.truths, (t) => truths.image[t]!);
  const used = new Set<number>();
  return Uint8Array.from(ranked.detections, (d) => {
    let [best, most, isInCrowd] = [-1, 0, false];
    for (const t of byImage.get(detections.image[d]!) ?? []) {
      const value = overlap(d, t);
      if (truths.isCrowd[t] === 1) isInCrowd ||= value >= threshold;
      else if (value > most) [best, most] = [t, value];
    }
    if (best >= 0 && most >= threshold && !used.has(best)) {
      used.add(best);
      return HIT;
    }
    return isInCrowd ? LEFT_OUT : FALSE_ALARM;
  });
}

function classScores(outcome: Uint8Array, truths: number, curve: HitCurve | null): VocClass {
  const hits = outcome.filter((value) => value === HIT).length;
  const detections = outcome.filter((value) => value !== LEFT_OUT).length;
  return {
    average_precision: curve && everyPointArea(curve),
    average_precision_11_points: curve && mean(precisionAt(curve, ELEVEN_RECALLS)),
    precision: share(hits, detections),
    recall: share(hits, truths),
    truths,
    detections,
    hits,
  };
}

function shownCurve(curve: HitCurve, { detections }: DetectionSet, ranked: Int32Array): PrecisionRecallCurve {
  return {
    recall: [...curve.recall],
    precision: [...neverRising(curve.precision)],
    score: Array.from(curve.at, (place) => detections.score[ranked[place]!]!),
  };
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

function meanOf(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : mean(defined);
}
