/** The samples of one question in order of score. */

import type { Scores } from './predictions.ts';
import type { Question } from './questions.ts';

/** Ascending by score; of equal scores the negatives come first. */
export interface SortedColumn {
  readonly samples: Int32Array;
  readonly scores: Scores;
  /** 1 for positives. */
  readonly truth: Uint8Array;
  /** Scores of the positives alone. */
  readonly positives: Scores;
}

/** A word is sorted by so many bits at a time, the least significant first. */
const DIGITS = [
  { shift: 0, mask: 0x3ff },
  { shift: 10, mask: 0x3ff },
  { shift: 20, mask: 0xfff },
] as const;

/** Samples in the order reached so far, with the word of each by which they are sorted. */
interface Order {
  samples: Int32Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
}

/**
 * Sorts by the bits of the scores, which grow with numbers from 0 up (without -0), digit by digit; each pass keeps the
 * order of the one before. Words are little-endian on every processor there is a runtime for.
 */
export function sortColumn({ scores, truth }: Question): SortedColumn {
  const count = scores.length;
  const { buffer, byteOffset, byteLength } = scores;
  const bits = new Uint32Array(buffer, byteOffset, byteLength / Uint32Array.BYTES_PER_ELEMENT);
  const stride = bits.length / Math.max(1, count);
  const { samples, positives } = negativesFirst(truth);
  let order: Order = { samples, words: new Uint32Array(count) };
  let other: Order = { samples: new Int32Array(count), words: new Uint32Array(count) };
  for (let word = 0; word < stride; word++) {
    for (let i = 0; i < count; i++) order.words[i] = bits[stride * order.samples[i]! + word]!;
    const counts = digitCounts(order.words);
    DIGITS.forEach(({ shift, mask }, digit) => {
      if (movedByDigit(order, other, counts[digit]!, shift, mask)) [order, other] = [other, order];
    });
  }
  const sorted = sortedScores(scores, order);
  const sortedTruth = new Uint8Array(count);
  const found = scores instanceof Float32Array ? new Float32Array(positives) : new Float64Array(positives);
  let next = 0;
  for (let i = 0; i < count; i++) {
    sortedTruth[i] = truth[order.samples[i]!]!;
    if (sortedTruth[i] === 1) found[next++] = sorted[i]!;
  }
  return { samples: order.samples, scores: sorted, truth: sortedTruth, positives: found };
}

/** The one word of a float32 is the number itself. */
function sortedScores(scores: Scores, { samples, words }: Order): Scores {
  if (scores instanceof Float32Array) return new Float32Array(words.buffer);
  const sorted = new Float64Array(samples.length);
  for (let i = 0; i < samples.length; i++) sorted[i] = scores[samples[i]!]!;
  return sorted;
}

/** How often each value of each digit occurs, in one walk. */
function digitCounts(words: Uint32Array): readonly Int32Array[] {
  const [low, middle, high] = DIGITS;
  const counts = DIGITS.map(({ mask }) => new Int32Array(mask + 1));
  const [ofLow, ofMiddle, ofHigh] = counts as [Int32Array, Int32Array, Int32Array];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    ofLow[word & low.mask]! += 1;
    ofMiddle[(word >>> middle.shift) & middle.mask]! += 1;
    ofHigh[word >>> high.shift]! += 1;
  }
  return counts;
}

function negativesFirst(truth: Uint8Array): { samples: Int32Array<ArrayBuffer>; positives: number } {
  let positives = 0;
  for (let i = 0; i < truth.length; i++) positives += truth[i]!;
  const samples = new Int32Array(truth.length);
  let [negative, positive] = [0, truth.length - positives];
  for (let i = 0; i < truth.length; i++) samples[truth[i] === 1 ? positive++ : negative++] = i;
  return { samples, positives };
}

/** Moves samples into the order of one digit; false where all have the same, and nothing was moved. */
function movedByDigit(from: Order, to: Order, next: Int32Array, shift: number, mask: number): boolean {
  const { samples, words } = from;
  let before = 0;
  for (let digit = 0; digit <= mask; digit++) {
    const count = next[digit]!;
    if (count === words.length) return false;
    next[digit] = before;
    before += count;
  }
  const [toSamples, toWords] = [to.samples, to.words];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const digit = (word >>> shift) & mask;
    const place = next[digit]!;
    next[digit] = place + 1;
    toSamples[place] = samples[i]!;
    toWords[place] = word;
  }
  return true;
}
