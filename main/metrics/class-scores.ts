/** Precision, recall and F1 per class and averaged, from how often a class is true, predicted, and both. */

/** A sample may count more than once, as it does when samples are drawn anew. */
export interface ClassCounts {
  readonly samples: number;
  /** True and predicted [C]. */
  readonly hits: Float64Array;
  /** Predicted [C]. */
  readonly predicted: Float64Array;
  /** True [C]. */
  readonly support: Float64Array;
}

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

/** A quotient that is 0 where it is undefined, scikit-learn's `zero_division=0`. */
export const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

export const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

const scoresFrom = (hits: number, predicted: number, support: number): ClassScores => ({
  precision: ratio(hits, predicted),
  recall: ratio(hits, support),
  f1: ratio(2 * hits, predicted + support),
});

/** Each class against the rest, in order of class index; a quotient without a denominator is 0. */
export function classScores({ hits, predicted, support }: ClassCounts): ClassScores[] {
  return Array.from(hits, (both, c) => scoresFrom(both, predicted[c]!, support[c]!));
}

/** Counted over all classes together: with one class per sample all three equal the accuracy. */
function microScores({ hits, predicted, support }: ClassCounts): ClassScores {
  return scoresFrom(sum(hits), sum(predicted), sum(support));
}

/**
 * The classes that occur in the truth or among the predictions. A class that a small validation part lacks, and that
 * nothing was mistaken for, says nothing about the model.
 */
export function occurringClasses({ predicted, support }: ClassCounts): number[] {
  return Array.from(support, (_, c) => c).filter((c) => support[c]! + predicted[c]! > 0);
}

/** Mean over the chosen classes. */
export function macroMean(values: readonly number[], classes: readonly number[]): number {
  return classes.reduce((total, c) => total + values[c]!, 0) / classes.length;
}

/** Mean weighted by support; 0 without any. */
export function weightedMean(values: readonly number[], support: Float64Array): number {
  const total = values.reduce((so_far, value, c) => so_far + value * support[c]!, 0);
  return ratio(total, sum(support));
}

/** The averages of every class's scores; the macro average runs over `classes`. */
export function averageClassScores(
  counts: ClassCounts,
  scores: readonly ClassScores[],
  classes: readonly number[],
): Averages<ClassScores> {
  const each = (mean: (values: readonly number[]) => number): ClassScores => ({
    precision: mean(scores.map(({ precision }) => precision)),
    recall: mean(scores.map(({ recall }) => recall)),
    f1: mean(scores.map(({ f1 }) => f1)),
  });
  return {
    macro: each((values) => macroMean(values, classes)),
    micro: microScores(counts),
    weighted: each((values) => weightedMean(values, counts.support)),
  };
}
