/**
 * The samples of one question ordered by score. Between two neighbouring scores of positives only the number of
 * negatives matters, not their order, so the positives alone are sorted and every sample is looked up among them.
 * A sample may count more than once, as it does when samples are drawn anew.
 */

import type { Scores } from './predictions.ts';
import type { Question } from './questions.ts';
import { ThresholdTable } from './threshold-table.ts';

/** Where every sample lies among the distinct scores of positives, the thresholds; numbered from the lowest, 0. */
export interface Placing {
  readonly thresholds: number;
  /** 4k + 3: a positive at threshold k; 4k + 2: a negative there; 4k: a negative above k thresholds, equal to none. */
  readonly places: Int32Array;
}

/** Entry k belongs to the k-th largest threshold. */
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

export function placingOf({ scores, truth }: Question): Placing {
  const table = new ThresholdTable(scoresOfPositives({ scores, truth }).sort());
  const places = table.placesOf(scores);
  for (let i = 0; i < places.length; i++) places[i] = (places[i]! << 1) | truth[i]!;
  return { thresholds: table.thresholds.length, places };
}

function scoresOfPositives({ scores, truth }: Question): Scores {
  let count = 0;
  for (let i = 0; i < truth.length; i++) count += truth[i]!;
  const found = scores instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
  let next = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === 1) found[next++] = scores[i]!;
  return found;
}

/**
 * `counts` says how often each sample counts, and begins anew for every class where pairs of class and sample are ranked;
 * without it all count once.
 */
export function rankingOf({ thresholds, places }: Placing, counts: Int32Array | null = null): Ranking {
  const at = new Float64Array(4 * thresholds + 4);
  if (counts === null) for (let i = 0; i < places.length; i++) at[places[i]!]! += 1;
  else {
    const samples = counts.length;
    for (let first = 0; first < places.length; first += samples) {
      for (let i = 0; i < samples; i++) at[places[first + i]!]! += counts[i]!;
    }
  }
  const truePositives = new Float64Array(thresholds);
  const negativesAbove = new Float64Array(thresholds);
  const falsePositives = new Float64Array(thresholds);
  let [hits, alarms] = [0, 0];
  for (let k = thresholds - 1; k >= 0; k--) {
    const entry = thresholds - 1 - k;
    hits += at[4 * k + 3]!;
    alarms += at[4 * k + 4]!;
    negativesAbove[entry] = alarms;
    alarms += at[4 * k + 2]!;
    truePositives[entry] = hits;
    falsePositives[entry] = alarms;
  }
  return { positives: hits, negatives: alarms + at[0]!, truePositives, negativesAbove, falsePositives };
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
    if (hits > before) sum += ((hits - before) * hits) / (hits + falsePositives[k]!);
    before = hits;
  }
  return sum / positives;
}
