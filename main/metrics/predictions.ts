/** What a single-label classifier said, beside what is true: the input of every classification metric. */

import { AppError } from '../../preload/contract/errors.ts';

export interface Predictions {
  /** Probabilities [N,C], row-major. The array's own precision decides where the log loss is clipped. */
  readonly scores: Float32Array | Float64Array;
  /** True class index per row [N]. */
  readonly truth: Int32Array;
  readonly classes: number;
}

/** How far a row's sum may lie from 1: float16 scores of a thousand classes stay within it. */
const ROW_SUM_TOLERANCE = 1e-3;

/**
 * Refuses what no metric can be computed from.
 * Errors: bad-predictions with the row (counted from 0) when there are no rows, the sizes disagree, a label is not a
 * class, a score is not a probability, or a row does not sum to 1 within a thousandth.
 */
export function checkPredictions({ scores, truth, classes }: Predictions): void {
  if (!Number.isInteger(classes) || classes < 1) {
    throw refused(`the number of classes must be a positive integer, got ${classes}`, {
      expected: '>= 1',
      got: classes,
    });
  }
  if (truth.length === 0) throw refused('at least one row is needed, got none', { expected: '>= 1 rows', got: 0 });
  const expected = truth.length * classes;
  if (scores.length !== expected) {
    const shape = `${truth.length} rows of ${classes} classes`;
    throw refused(`${shape} need ${expected} scores, got ${scores.length}`, { expected, got: scores.length });
  }
  for (let row = 0; row < truth.length; row++) checkRow(scores, truth[row]!, row, classes);
}

function checkRow(scores: Predictions['scores'], label: number, row: number, classes: number): void {
  if (label < 0 || label >= classes) {
    const expected = `0 to ${classes - 1}`;
    throw refused(`row ${row} has the true class ${label}, expected ${expected}`, { row, expected, got: label });
  }
  let sum = 0;
  for (let column = 0; column < classes; column++) {
    const score = scores[row * classes + column]!;
    if (!(score >= 0 && score <= 1 + ROW_SUM_TOLERANCE)) {
      const message = `row ${row} has the score ${score} for class ${column}, expected a probability in [0, 1]`;
      throw refused(message, { row, column, expected: '[0, 1]', got: score });
    }
    sum += score;
  }
  if (Math.abs(sum - 1) > ROW_SUM_TOLERANCE) {
    throw refused(`the scores of row ${row} sum to ${sum}, expected 1`, { row, expected: 1, got: sum });
  }
}

function refused(message: string, details: Record<string, unknown>): AppError {
  return new AppError('bad-predictions', `classification metrics: ${message}`, details);
}

/** The class with the largest score per row [N]; of equal scores the first class, as numpy's argmax. */
export function predictedClasses({ scores, truth, classes }: Predictions): Int32Array {
  const predicted = new Int32Array(truth.length);
  for (let row = 0; row < truth.length; row++) {
    const start = row * classes;
    let best = 0;
    for (let column = 1; column < classes; column++) {
      if (scores[start + column]! > scores[start + best]!) best = column;
    }
    predicted[row] = best;
  }
  return predicted;
}
