/** What a classifier said, beside what is true: the input of every classification metric. */

import { AppError } from '../../preload/contract/errors.ts';

/** Numbers per sample and class, row-major. The array's own precision decides where the log loss is clipped. */
export type Scores = Float32Array | Float64Array;

/** Of a classifier that gives each sample one class. */
export interface Predictions {
  /** Probabilities [N,C]. */
  readonly scores: Scores;
  /** True class index per row [N]. */
  readonly truth: Int32Array;
  readonly classes: number;
}

/** Of a classifier that gives each sample any number of classes. */
export interface LabelPredictions {
  /** Probabilities [N,C], each on its own. */
  readonly scores: Scores;
  /** [N,C]: 1 where the sample has the class, else 0. */
  readonly truth: Uint8Array;
  readonly classes: number;
}

/**
 * From this score on a class counts as predicted, where samples may have several. Tuned thresholds of a run decide what
 * is shown when scoring, never what is measured.
 * Source: product specification, section 9.1; that a score of exactly 0.5 counts is our reading.
 */
export const DECISION_THRESHOLD = 0.5;

/** How far a row's sum may lie from 1: float16 scores of a thousand classes stay within it. */
const ROW_SUM_TOLERANCE = 1e-3;

/**
 * Refuses what no metric can be computed from.
 * Errors: bad-predictions with the row (counted from 0) when there are no rows, the sizes disagree, a label is not a
 * class, a score is not a probability, or a row does not sum to 1 within a thousandth.
 */
export function checkPredictions({ scores, truth, classes }: Predictions): void {
  checkSizes(scores, truth.length, classes);
  for (let row = 0; row < truth.length; row++) {
    const label = truth[row]!;
    if (!(label >= 0 && label < classes)) {
      const expected = `0 to ${classes - 1}`;
      throw refused(`row ${row} has the true class ${label}, expected ${expected}`, { row, expected, got: label });
    }
    const sum = checkScores(scores, row, classes, 1 + ROW_SUM_TOLERANCE);
    if (Math.abs(sum - 1) > ROW_SUM_TOLERANCE) {
      throw refused(`the scores of row ${row} sum to ${sum}, expected 1`, { row, expected: 1, got: sum });
    }
  }
}

/**
 * Refuses what no metric can be computed from.
 * Errors: bad-predictions with the row (counted from 0) when there are no rows, the sizes disagree, the truth holds
 * anything but 0 and 1, or a score is not a probability.
 */
export function checkLabelPredictions({ scores, truth, classes }: LabelPredictions): void {
  checkSizes(scores, truth.length / Math.max(classes, 1), classes);
  for (let cell = 0; cell < truth.length; cell++) {
    if (truth[cell]! <= 1) continue;
    const [row, column] = [Math.floor(cell / classes), cell % classes];
    const message = `row ${row} has the truth ${truth[cell]} for class ${column}, expected 0 or 1`;
    throw refused(message, { row, column, expected: '0 or 1', got: truth[cell] });
  }
  for (let row = 0; row < truth.length / classes; row++) checkScores(scores, row, classes, 1);
}

function checkSizes(scores: Scores, rows: number, classes: number): void {
  if (!Number.isInteger(classes) || classes < 1) {
    throw refused(`the number of classes must be a positive integer, got ${classes}`, {
      expected: '>= 1',
      got: classes,
    });
  }
  if (rows === 0) throw refused('at least one row is needed, got none', { expected: '>= 1 rows', got: 0 });
  const expected = rows * classes;
  if (scores.length !== expected) {
    const shape = `${rows} rows of ${classes} classes`;
    throw refused(`${shape} need ${expected} scores, got ${scores.length}`, { expected, got: scores.length });
  }
}

/** Returns the row's sum. Errors: bad-predictions for a score outside of [0, most], which NaN is too. */
function checkScores(scores: Scores, row: number, classes: number, most: number): number {
  let sum = 0;
  for (let column = 0; column < classes; column++) {
    const score = scores[row * classes + column]!;
    if (!(score >= 0 && score <= most)) {
      const message = `row ${row} has the score ${score} for class ${column}, expected a probability in [0, 1]`;
      throw refused(message, { row, column, expected: '[0, 1]', got: score });
    }
    sum += score;
  }
  return sum;
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
