/**
 * One class against the rest, ordered by score. Between two neighbouring scores of positives only the number of
 * negatives matters, not their order, so the positives alone are sorted and every negative is looked up among them.
 */

import type { Predictions } from './predictions.ts';
import { ThresholdTable } from './threshold-table.ts';

/** Entry k belongs to the k-th largest distinct score of a positive. */
export interface Ranking {
  readonly positives: number;
  readonly negatives: number;
  /** Positives with at least that score. */
  readonly truePositives: Float64Array;
  /** Negatives with a larger score. */
  readonly negativesAbove: Float64Array;
  /** Negatives with at least that score. */
  readonly falsePositives: Float64Array;
}

/** The samples of class `index` against all others, ordered by that class's score. */
export function rankClass({ scores, truth, classes }: Predictions, index: number): Ranking {
  let positives = 0;
  for (const label of truth) if (label === index) positives += 1;
  const positiveScores = new Float64Array(positives);
  const negativeScores = new Float64Array(truth.length - positives);
  let [p, n] = [0, 0];
  for (let row = 0; row < truth.length; row++) {
    const score = scores[row * classes + index]!;
    if (truth[row] === index) positiveScores[p++] = score;
    else negativeScores[n++] = score;
  }
  return rank(positiveScores, negativeScores);
}

/** Every pair of sample and class as one binary question: is this the sample's class? The micro average's ranking. */
export function rankPooled({ scores, truth, classes }: Predictions): Ranking {
  const positiveScores = new Float64Array(truth.length);
  const negativeScores = new Float64Array(scores.length - truth.length);
  let n = 0;
  for (let row = 0; row < truth.length; row++) {
    for (let column = 0; column < classes; column++) {
      const score = scores[row * classes + column]!;
      if (column === truth[row]) positiveScores[row] = score;
      else negativeScores[n++] = score;
    }
  }
  return rank(positiveScores, negativeScores);
}

function rank(positiveScores: Float64Array, negativeScores: Float64Array): Ranking {
  const table = new ThresholdTable(positiveScores.sort());
  const count = table.thresholds.length;
  const equal = new Float64Array(count);
  const below = new Float64Array(count + 1); // [k]: larger than k thresholds and equal to none
  for (const score of negativeScores) {
    const k = table.countBelow(score);
    if (k < count && table.thresholds[k] === score) equal[k]! += 1;
    else below[k]! += 1;
  }
  const truePositives = new Float64Array(count);
  const negativesAbove = new Float64Array(count);
  const falsePositives = new Float64Array(count);
  let [hits, alarms] = [0, 0];
  for (let k = count - 1; k >= 0; k--) {
    const entry = count - 1 - k;
    hits += table.multiplicity[k]!;
    alarms += below[k + 1]!;
    negativesAbove[entry] = alarms;
    alarms += equal[k]!;
    truePositives[entry] = hits;
    falsePositives[entry] = alarms;
  }
  const [positives, negatives] = [positiveScores.length, negativeScores.length];
  return { positives, negatives, truePositives, negativesAbove, falsePositives };
}

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties counting half.
 * Null without positives or without negatives, where there is nothing to compare.
 */
export function areaUnderRoc({ positives, negatives, ...ranking }: Ranking): number | null {
  if (positives === 0 || negatives === 0) return null;
  let pairs = 0;
  let before = 0;
  for (let k = 0; k < ranking.truePositives.length; k++) {
    const beaten = negatives - (ranking.negativesAbove[k]! + ranking.falsePositives[k]!) / 2;
    pairs += (ranking.truePositives[k]! - before) * beaten;
    before = ranking.truePositives[k]!;
  }
  return pairs / (positives * negatives);
}

/**
 * Average precision: the sum of (R_n - R_(n-1)) P_n over descending thresholds, without interpolation.
 * Null without positives, where recall is undefined.
 */
export function averagePrecision({ positives, truePositives, falsePositives }: Ranking): number | null {
  if (positives === 0) return null;
  let sum = 0;
  let before = 0;
  for (let k = 0; k < truePositives.length; k++) {
    const hits = truePositives[k]!;
    sum += ((hits - before) * hits) / (hits + falsePositives[k]!);
    before = hits;
  }
  return sum / positives;
}
