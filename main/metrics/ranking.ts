/**
 * The samples of one question, or of many questions pooled, ordered by score. Between two neighbouring scores of
 * positives only the number of negatives matters, not their order; so the distinct scores of positives, the thresholds,
 * are the places that samples are counted at. A sample may count more than once, as it does when samples are drawn anew.
 */

import type { Scores } from './predictions.ts';
import type { SortedColumn } from './sorted-column.ts';

/** Questions that are ranked together. */
export interface Pool {
  readonly columns: readonly SortedColumn[];
  /** Scores that positives have, each once, ascending. */
  readonly thresholds: Scores;
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

/** At least one column. */
export function poolOf(columns: readonly SortedColumn[]): Pool {
  const count = columns.reduce((total, { positives }) => total + positives.length, 0);
  const found = columns[0]!.scores instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
  let next = 0;
  for (const { positives } of columns) {
    found.set(positives, next);
    next += positives.length;
  }
  if (columns.length > 1) found.sort();
  let distinct = 0;
  for (let i = 0; i < count; i++) {
    if (distinct === 0 || found[distinct - 1] !== found[i]) found[distinct++] = found[i]!;
  }
  return { columns, thresholds: found.slice(0, distinct) };
}

/** Every sample counts once. */
export function rankingOf({ columns, thresholds }: Pool): Ranking {
  const at = new Int32Array(numberOfPlaces(thresholds.length));
  for (const column of columns) countPlaces(column, thresholds, at);
  return rankingFrom(thresholds.length, at);
}

/** A pool with its samples in order of place, for counting them differently many times. */
export interface PlacedPool {
  readonly thresholds: number;
  /** Samples at place p: from `firstAt[p]` up to `firstAt[p + 1]`. */
  readonly firstAt: Int32Array;
  readonly samples: Int32Array;
}

export function placedPool({ columns, thresholds }: Pool): PlacedPool {
  const firstAt = new Int32Array(numberOfPlaces(thresholds.length) + 1);
  const placed = columns.map((column) => {
    const places = placesOf(column, thresholds);
    for (let i = 0; i < places.length; i++) firstAt[places[i]! + 1]! += 1;
    return { places, ofSample: column.samples };
  });
  for (let place = 1; place < firstAt.length; place++) firstAt[place]! += firstAt[place - 1]!;
  const next = firstAt.slice();
  const samples = new Int32Array(firstAt.at(-1)!);
  for (const { places, ofSample } of placed) {
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      samples[next[place]!] = ofSample[i]!;
      next[place]! += 1;
    }
  }
  return { thresholds: thresholds.length, firstAt, samples };
}

/** Sample i counts `counts[i]` times. */
export function rankingOfCounted({ thresholds, firstAt, samples }: PlacedPool, counts: Uint8Array): Ranking {
  const at = new Int32Array(numberOfPlaces(thresholds));
  for (let place = 0; place < at.length; place++) {
    const end = firstAt[place + 1]!;
    let total = 0;
    for (let i = firstAt[place]!; i < end; i++) total += counts[samples[i]!]!;
    at[place] = total;
  }
  return rankingFrom(thresholds, at);
}

/*
 * Thresholds are numbered from the lowest, 0. Places: 4k + 3, a positive at threshold k; 4k + 2, a negative there; 4k, a
 * negative above k thresholds and equal to none.
 */

function countPlaces({ scores, truth }: SortedColumn, thresholds: Scores, at: Int32Array): void {
  const count = thresholds.length;
  let k = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    while (k < count && thresholds[k]! < score) k += 1;
    at[4 * k + (k < count && thresholds[k] === score ? 2 : 0) + truth[i]!]! += 1;
  }
}

/** One place per sample, in the order of the column. */
function placesOf({ scores, truth }: SortedColumn, thresholds: Scores): Int32Array {
  const places = new Int32Array(scores.length);
  const count = thresholds.length;
  let k = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    while (k < count && thresholds[k]! < score) k += 1;
    places[i] = 4 * k + (k < count && thresholds[k] === score ? 2 : 0) + truth[i]!;
  }
  return places;
}

const numberOfPlaces = (thresholds: number): number => 4 * thresholds + 4;

/** `at` holds the number of samples at each place. */
function rankingFrom(thresholds: number, at: Int32Array): Ranking {
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
