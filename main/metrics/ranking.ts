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

/** Every sample counts once. */
export function rankingOf({ thresholds, places }: Placing): Ranking {
  const at = new Float64Array(numberOfPlaces(thresholds));
  for (let i = 0; i < places.length; i++) at[places[i]!]! += 1;
  return rankingFrom(thresholds, at);
}

/** The same placing with its samples in order of place, for counting them differently many times. */
export interface SortedPlacing {
  readonly thresholds: number;
  /** Samples at place p: from `firstAt[p]` up to `firstAt[p + 1]`. */
  readonly firstAt: Int32Array;
  readonly samples: Int32Array;
}

/** Pairs of class and sample begin anew with sample 0 for every class: `samples` is their number. */
export function sortedPlacing({ thresholds, places }: Placing, samples: number): SortedPlacing {
  const firstAt = new Int32Array(numberOfPlaces(thresholds) + 1);
  for (let i = 0; i < places.length; i++) firstAt[places[i]! + 1]! += 1;
  for (let place = 1; place < firstAt.length; place++) firstAt[place]! += firstAt[place - 1]!;
  const next = firstAt.slice();
  const sorted = new Int32Array(places.length);
  for (let first = 0; first < places.length; first += samples) {
    for (let i = 0; i < samples; i++) {
      const place = places[first + i]!;
      sorted[next[place]!] = i;
      next[place]! += 1;
    }
  }
  return { thresholds, firstAt, samples: sorted };
}

/** Sample i counts `counts[i]` times. */
export function rankingOfCounted({ thresholds, firstAt, samples }: SortedPlacing, counts: Uint8Array): Ranking {
  const at = new Float64Array(numberOfPlaces(thresholds));
  for (let place = 0; place < at.length; place++) {
    const end = firstAt[place + 1]!;
    let total = 0;
    for (let i = firstAt[place]!; i < end; i++) total += counts[samples[i]!]!;
    at[place] = total;
  }
  return rankingFrom(thresholds, at);
}

const numberOfPlaces = (thresholds: number): number => 4 * thresholds + 4;

/** `at` holds the number of samples at each place. */
function rankingFrom(thresholds: number, at: Float64Array): Ranking {
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
