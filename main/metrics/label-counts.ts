/** Which labels were predicted where samples may have several, and everything that follows from it alone. */

import { type Averages, type ClassCounts, macroMean, ratio, sum, weightedMean } from './class-scores.ts';
import { DECISION_THRESHOLD, type LabelPredictions } from './predictions.ts';

export interface LabelCounts extends ClassCounts {
  /** Samples whose predicted labels are exactly the true ones. */
  readonly exact: number;
}

/** What was true or predicted, sample by sample, without the many labels that were neither. */
export interface LabelEvents {
  readonly classes: number;
  /** Events of sample i: from `firstOf[i]` up to `firstOf[i + 1]`. Shapes: [N+1]. */
  readonly firstOf: Int32Array;
  /** 4 * class + 2 if predicted + 1 if true. */
  readonly events: Int32Array;
  /** 1 for samples whose predicted labels are exactly the true ones [N]. */
  readonly exact: Uint8Array;
}

const TRUE = 1;
const PREDICTED = 2;
const HIT = 3;

export function labelEventsOf({ scores, truth, classes }: LabelPredictions): LabelEvents {
  const samples = truth.length / classes;
  const firstOf = new Int32Array(samples + 1);
  const exact = new Uint8Array(samples).fill(1);
  const events: number[] = [];
  for (let row = 0; row < samples; row++) {
    for (let column = 0; column < classes; column++) {
      const cell = row * classes + column;
      const what = (scores[cell]! >= DECISION_THRESHOLD ? PREDICTED : 0) + truth[cell]! * TRUE;
      if (what === 0) continue;
      events.push(4 * column + what);
      if (what !== HIT) exact[row] = 0;
    }
    firstOf[row + 1] = events.length;
  }
  return { classes, firstOf, events: Int32Array.from(events), exact };
}

/** `counts` says how often each sample counts; all once without it. */
export function countLabels(
  { classes, firstOf, events, exact }: LabelEvents,
  counts: Uint8Array | null = null,
): LabelCounts {
  const of = new Float64Array(4 * classes);
  let samples = 0;
  let right = 0;
  for (let row = 0; row < exact.length; row++) {
    const count = counts === null ? 1 : counts[row]!;
    samples += count;
    right += count * exact[row]!;
    for (let i = firstOf[row]!; i < firstOf[row + 1]!; i++) of[events[i]!]! += count;
  }
  const perClass = (kinds: readonly number[]) =>
    Float64Array.from({ length: classes }, (_, c) => kinds.reduce((total, kind) => total + of[4 * c + kind]!, 0));
  return {
    samples,
    exact: right,
    hits: perClass([HIT]),
    predicted: perClass([PREDICTED, HIT]),
    support: perClass([TRUE, HIT]),
  };
}

/** Per class, as scikit-learn's `multilabel_confusion_matrix`: `[[true negatives, false positives], [false negatives, true positives]]`. */
export function labelConfusion({ samples, hits, predicted, support }: LabelCounts): number[][][] {
  return Array.from(hits, (both, c) => {
    const [alarms, misses] = [predicted[c]! - both, support[c]! - both];
    return [
      [samples - both - alarms - misses, alarms],
      [misses, both],
    ];
  });
}

/** Jaccard index of predicted and true samples of each class, averaged; 0 for a class without either. */
export function intersectionOverUnion({ hits, predicted, support }: LabelCounts): Averages<number> {
  const iou = (both: number, anyPredicted: number, anyTrue: number) => ratio(both, anyPredicted + anyTrue - both);
  const each = Array.from(hits, (both, c) => iou(both, predicted[c]!, support[c]!));
  return {
    macro: macroMean(each, [...each.keys()]),
    micro: iou(sum(hits), sum(predicted), sum(support)),
    weighted: weightedMean(each, support),
  };
}
