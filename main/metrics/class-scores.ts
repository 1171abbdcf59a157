/** Precision, recall and F1 per class and averaged. */

import { accuracy, type Confusion, ratio } from './confusion.ts';

export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface Averages<Value> {
  /** Unweighted mean over classes. */
  readonly macro: Value;
  /** Counted over all classes together. */
  readonly micro: Value;
  /** Mean over classes weighted by their number of true samples. */
  readonly weighted: Value;
}

/** One class against the rest; a quotient without a denominator is 0. */
export function classScores({ classes, counts, support, predicted }: Confusion, index: number): ClassScores {
  const hits = counts[index * classes + index]!;
  return {
    precision: ratio(hits, predicted[index]!),
    recall: ratio(hits, support[index]!),
    f1: ratio(2 * hits, predicted[index]! + support[index]!),
  };
}

/**
 * The averages of every class's scores. The macro average runs over the classes that occur in the truth or among the
 * predictions, as scikit-learn's does by default: a class that a small validation part lacks, and that nothing was
 * mistaken for, says nothing about the model. With one label per sample the micro averages all equal the accuracy.
 */
export function averageClassScores(confusion: Confusion, scores: readonly ClassScores[]): Averages<ClassScores> {
  const { support, predicted, samples } = confusion;
  const macro = { precision: 0, recall: 0, f1: 0 };
  const weighted = { precision: 0, recall: 0, f1: 0 };
  const occurring = scores.flatMap((_, c) => (support[c]! + predicted[c]! > 0 ? [c] : []));
  for (const c of occurring) {
    for (const name of ['precision', 'recall', 'f1'] as const) {
      macro[name] += scores[c]![name] / occurring.length;
      weighted[name] += (scores[c]![name] * support[c]!) / samples;
    }
  }
  const right = accuracy(confusion);
  return { macro, micro: { precision: right, recall: right, f1: right }, weighted };
}
