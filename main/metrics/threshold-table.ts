/** Scores crowd near 0, so the buckets follow the bits of a number: their width halves with every octave towards 0. */

import type { Scores } from './predictions.ts';

const BUCKETS_PER_THRESHOLD = 4;
/** So few thresholds are looked at one after the other. */
const SCANNED = 4;

/**
 * The leading 32 bits of numbers, at every `stride`-th word from `offset`: for numbers from 0 up (without -0) they grow
 * with the number. Bits are little-endian on every processor there is a runtime for.
 */
function leadingBits(numbers: Scores): { words: Uint32Array; stride: 1 | 2; offset: 0 | 1 } {
  const { buffer, byteOffset, byteLength } = numbers;
  const words = new Uint32Array(buffer, byteOffset, byteLength / Uint32Array.BYTES_PER_ELEMENT);
  return numbers instanceof Float32Array ? { words, stride: 1, offset: 0 } : { words, stride: 2, offset: 1 };
}

/**
 * Distinct numbers in ascending order that answer "where among you?" in about constant time: their range is cut into
 * buckets, and only the bucket a score falls into is searched. The bucket never falls as the score grows, so the answer
 * is exact.
 */
export class ThresholdTable {
  /** Distinct, ascending. */
  readonly thresholds: Scores;
  private readonly firstOfBucket: Int32Array;
  private readonly lowestBits: number;
  private readonly shift: number;

  /** `ascending` holds finite numbers from 0 up, without -0, and may repeat them. */
  constructor(ascending: Scores) {
    this.thresholds = distinct(ascending);
    const count = this.thresholds.length;
    const { words, stride, offset } = leadingBits(this.thresholds);
    const bitsOf = (k: number) => words[stride * k + offset]!;
    this.lowestBits = count === 0 ? 0 : bitsOf(0);
    const span = count === 0 ? 0 : bitsOf(count - 1) - this.lowestBits;
    this.shift = 0;
    while (span >>> this.shift > BUCKETS_PER_THRESHOLD * count) this.shift += 1;
    this.firstOfBucket = new Int32Array((span >>> this.shift) + 2).fill(count);
    for (let k = count - 1; k >= 0; k--) this.firstOfBucket[(bitsOf(k) - this.lowestBits) >>> this.shift] = k;
    for (let b = this.firstOfBucket.length - 2; b >= 0; b--) {
      this.firstOfBucket[b] = Math.min(this.firstOfBucket[b]!, this.firstOfBucket[b + 1]!);
    }
  }

  /**
   * Where each score lies: 2k + 1 where it equals threshold k, 2k where it is above k thresholds and equal to none.
   * The scores are of the thresholds' own precision, from 0 up and without -0.
   */
  placesOf(scores: Scores): Int32Array {
    const { thresholds, firstOfBucket, lowestBits, shift } = this;
    const places = new Int32Array(scores.length);
    const count = thresholds.length;
    if (count === 0) return places;
    const [lowest, highest] = [thresholds[0]!, thresholds[count - 1]!];
    const { words, stride, offset } = leadingBits(scores);
    for (let i = 0; i < places.length; i++) {
      const score = scores[i]!;
      if (score < lowest) continue; // place 0
      if (score > highest) {
        places[i] = 2 * count;
        continue;
      }
      const bucket = (words[stride * i + offset]! - lowestBits) >>> shift;
      let low = firstOfBucket[bucket]!;
      let high = firstOfBucket[bucket + 1]!;
      while (high - low > SCANNED) {
        const middle = (low + high) >> 1;
        if (thresholds[middle]! < score) low = middle + 1;
        else high = middle;
      }
      while (thresholds[low]! < score) low += 1;
      places[i] = thresholds[low] === score ? 2 * low + 1 : 2 * low;
    }
    return places;
  }
}

function distinct(ascending: Scores): Scores {
  const values = ascending.slice();
  let count = 0;
  for (const value of ascending) if (count === 0 || values[count - 1] !== value) values[count++] = value;
  return values.slice(0, count);
}
