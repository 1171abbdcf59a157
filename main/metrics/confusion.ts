/** The confusion matrix, and everything that follows from it alone. */

/** Counts [C,C], row-major: cell (i, j) is the number of samples of true class i predicted as class j. */
export interface Confusion {
  readonly classes: number;
  readonly counts: Float64Array;
  /** Row sums: samples per true class. */
  readonly support: Float64Array;
  /** Column sums: samples per predicted class. */
  readonly predicted: Float64Array;
  readonly samples: number;
  readonly correct: number;
}

/** Counts pairs of true and predicted class. Shapes: truth [N], predicted [N], both with values below `classes`. */
export function confusionOf(truth: Int32Array, predicted: Int32Array, classes: number): Confusion {
  const counts = new Float64Array(classes * classes);
  const support = new Float64Array(classes);
  const predictedCounts = new Float64Array(classes);
  let correct = 0;
  for (let row = 0; row < truth.length; row++) {
    const [t, p] = [truth[row]!, predicted[row]!];
    counts[t * classes + p]! += 1;
    support[t]! += 1;
    predictedCounts[p]! += 1;
    if (t === p) correct += 1;
  }
  return { classes, counts, support, predicted: predictedCounts, samples: truth.length, correct };
}

/** The counts as rows, for JSON. */
export function confusionRows({ classes, counts }: Confusion): number[][] {
  return Array.from({ length: classes }, (_, i) => [...counts.subarray(i * classes, (i + 1) * classes)]);
}

/**
 * Every row divided by its sum: where the samples of a class went.
 * A class without samples has a row of zeros, as in scikit-learn.
 */
export function normalisedConfusionRows(confusion: Confusion): number[][] {
  return confusionRows(confusion).map((row, i) => row.map((count) => ratio(count, confusion.support[i]!)));
}

/** The share of samples that are right. */
export const accuracy = ({ correct, samples }: Confusion): number => correct / samples;

/** Mean recall over the classes that have samples; the others have no recall to average. */
export function balancedAccuracy({ classes, counts, support }: Confusion): number {
  let sum = 0;
  let present = 0;
  for (let c = 0; c < classes; c++) {
    if (support[c] === 0) continue;
    sum += counts[c * classes + c]! / support[c]!;
    present += 1;
  }
  return sum / present;
}

/** Accuracy with every sample weighted by the size of its true class: sum of n_c * correct_c over sum of n_c^2. */
export function weightedAccuracy({ classes, counts, support }: Confusion): number {
  let right = 0;
  let all = 0;
  for (let c = 0; c < classes; c++) {
    right += support[c]! * counts[c * classes + c]!;
    all += support[c]! ** 2;
  }
  return right / all;
}

/**
 * Matthews correlation coefficient of several classes; 0 where truth or prediction holds a single class.
 * Source: Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation coefficient".
 */
export function matthewsCorrelation({ support, predicted, samples, correct }: Confusion): number {
  let both = 0;
  let predictedSquared = 0;
  let supportSquared = 0;
  for (let c = 0; c < support.length; c++) {
    both += support[c]! * predicted[c]!;
    predictedSquared += predicted[c]! ** 2;
    supportSquared += support[c]! ** 2;
  }
  const spread = (samples ** 2 - predictedSquared) * (samples ** 2 - supportSquared);
  return spread === 0 ? 0 : (correct * samples - both) / Math.sqrt(spread);
}

/** A quotient that is 0 where it is undefined, scikit-learn's `zero_division=0`. */
export const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
