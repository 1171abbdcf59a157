/** Which class was taken for which, and everything that follows from it alone. */

import { type ClassCounts, ratio, sum } from './class-scores.ts';

/**
 * Counts per class of true and predicted classes, without the whole matrix.
 * `counts` says how often each sample counts; all once without it. Shapes: truth, predicted, counts [N].
 */
export function countClasses(
  truth: Int32Array,
  predicted: Int32Array,
  classes: number,
  counts: Uint8Array | null = null,
): ClassCounts {
  const hits = new Float64Array(classes);
  const support = new Float64Array(classes);
  const predictions = new Float64Array(classes);
  let samples = 0;
  for (let row = 0; row < truth.length; row++) {
    const count = counts === null ? 1 : counts[row]!;
    const [t, p] = [truth[row]!, predicted[row]!];
    support[t]! += count;
    predictions[p]! += count;
    if (t === p) hits[t]! += count;
    samples += count;
  }
  return { samples, hits, predicted: predictions, support };
}

/** Cell (i, j): samples of true class i predicted as class j. Shapes: truth, predicted [N] -> [C,C]. */
export function confusionRows(truth: Int32Array, predicted: Int32Array, classes: number): number[][] {
  const rows = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < truth.length; row++) rows[truth[row]!]![predicted[row]!]! += 1;
  return rows;
}

/**
 * Every row divided by its sum: where the samples of a class went.
 * A class without samples has a row of zeros, as in scikit-learn.
 */
export function normalisedRows(rows: readonly (readonly number[])[]): number[][] {
  return rows.map((row) => {
    const samples = row.reduce((total, count) => total + count, 0);
    return row.map((count) => ratio(count, samples));
  });
}

/** The share of samples that are right. */
export const accuracy = ({ hits, samples }: ClassCounts): number => sum(hits) / samples;

/** Mean recall over the classes that have samples; the others have no recall to average. */
export function balancedAccuracy({ hits, support }: ClassCounts): number {
  let recalls = 0;
  let present = 0;
  for (let c = 0; c < support.length; c++) {
    if (support[c] === 0) continue;
    recalls += hits[c]! / support[c]!;
    present += 1;
  }
  return recalls / present;
}

/** Accuracy with every sample weighted by the size of its true class: sum of n_c * correct_c over sum of n_c^2. */
export function weightedAccuracy({ hits, support }: ClassCounts): number {
  let right = 0;
  let all = 0;
  for (let c = 0; c < support.length; c++) {
    right += support[c]! * hits[c]!;
    all += support[c]! ** 2;
  }
  return right / all;
}

/**
 * Matthews correlation coefficient of several classes; 0 where truth or prediction holds a single class.
 * Source: Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation coefficient".
 */
export function matthewsCorrelation({ hits, support, predicted, samples }: ClassCounts): number {
  let both = 0;
  let predictedSquared = 0;
  let supportSquared = 0;
  for (let c = 0; c < support.length; c++) {
    both += support[c]! * predicted[c]!;
    predictedSquared += predicted[c]! ** 2;
    supportSquared += support[c]! ** 2;
  }
  const spread = (samples ** 2 - predictedSquared) * (samples ** 2 - supportSquared);
  return spread === 0 ? 0 : (sum(hits) * samples - both) / Math.sqrt(spread);
}

/** Macro recall on a scale where guessing is 0 and perfection 1; null with one class, where guessing is perfect. */
export function normalisedMacroRecall(macroRecall: number, classes: number): number | null {
  if (classes === 1) return null;
  const guessing = 1 / classes;
  return (macroRecall - guessing) / (1 - guessing);
}
