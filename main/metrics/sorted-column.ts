/** The samples of one question in order of score. */

import type { Scores } from './predictions.ts';
import type { Question } from './questions.ts';

/** Ascending by score; of equal scores the negatives come first. */
export interface SortedColumn {
  readonly samples: Int32Array;
  readonly scores: Scores;
  /** 1 for positives. */
  readonly truth: Uint8Array;
  readonly positives: number;
}

/** The bits of a float32 up to 1 are three digits. */
const DIGIT_BITS = 10;
const DIGITS = 2 ** DIGIT_BITS;

/**
 * Sorts by the bits of the scores, which grow with numbers from 0 up (without -0), least significant digit first; each
 * pass keeps the order of the one before. Words are little-endian on every processor there is a runtime for.
 */
export function sortColumn({ scores, truth }: Question): SortedColumn {
  const { buffer, byteOffset, byteLength } = scores;
  const words = new Uint32Array(buffer, byteOffset, byteLength / Uint32Array.BYTES_PER_ELEMENT);
  const stride = words.length / Math.max(1, scores.length);
  const { order, positives } = negativesFirst(truth);
  let [from, to] = [order, new Int32Array(truth.length)];
  for (let word = 0; word < stride; word++) {
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      if (!passed(from, to, { words, stride, word, shift })) continue;
      [from, to] = [to, from];
    }
  }
  const sorted = scores instanceof Float32Array ? new Float32Array(scores.length) : new Float64Array(scores.length);
  const sortedTruth = new Uint8Array(truth.length);
  for (let i = 0; i < from.length; i++) {
    sorted[i] = scores[from[i]!]!;
    sortedTruth[i] = truth[from[i]!]!;
  }
  return { samples: from, scores: sorted, truth: sortedTruth, positives };
}

function negativesFirst(truth: Uint8Array): { order: Int32Array<ArrayBuffer>; positives: number } {
  let positives = 0;
  for (let i = 0; i < truth.length; i++) positives += truth[i]!;
  const order = new Int32Array(truth.length);
  let [negative, positive] = [0, truth.length - positives];
  for (let i = 0; i < truth.length; i++) order[truth[i] === 1 ? positive++ : negative++] = i;
  return { order, positives };
}

interface Digit {
  readonly words: Uint32Array;
  /** Words per score. */
  readonly stride: number;
  readonly word: number;
  readonly shift: number;
}

/** Moves samples into the order of one digit; false where all have the same, and nothing was moved. */
function passed(from: Int32Array, to: Int32Array, { words, stride, word, shift }: Digit): boolean {
  const next = new Int32Array(DIGITS);
  for (let i = word; i < words.length; i += stride) next[(words[i]! >>> shift) & (DIGITS - 1)]! += 1;
  let before = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = next[digit]!;
    if (count === from.length) return false;
    next[digit] = before;
    before += count;
  }
  for (let i = 0; i < from.length; i++) {
    const sample = from[i]!;
    const digit = (words[stride * sample + word]! >>> shift) & (DIGITS - 1);
    to[next[digit]!] = sample;
    next[digit]! += 1;
  }
  return true;
}
