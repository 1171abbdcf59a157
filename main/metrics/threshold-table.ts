/** Scores crowd near 0, so the buckets follow the bits of a float32: their width halves with every octave towards 0. */
const BUCKETS_PER_THRESHOLD = 4;

const float32 = new Float32Array(1);
const bits = new Uint32Array(float32.buffer);

/** The bits of the nearest float32: for numbers that are not negative a monotone function, rounding included. */
function bitsOf(score: number): number {
  float32[0] = score + 0; // turns -0, which has the sign bit, into 0
  return bits[0]!;
}

/**
 * Distinct numbers in ascending order that answer "how many of you are smaller?" in about constant time: their range is
 * cut into buckets, and only the bucket a score falls into is searched. The bucket is a monotone function of the score,
 * so the answer is exact.
 */
export class ThresholdTable {
  /** Distinct, ascending. */
  readonly thresholds: Float64Array;
  /** How often each occurred. */
  readonly multiplicity: Float64Array;
  private readonly firstOfBucket: Int32Array;
  private readonly lowest: number;
  private readonly highest: number;
  private readonly lowestBits: number;
  private readonly shift: number;

  /** `ascending` holds finite numbers from 0 up and may repeat them. */
  constructor(ascending: Float64Array) {
    [this.thresholds, this.multiplicity] = distinct(ascending);
    const count = this.thresholds.length;
    this.lowest = this.thresholds[0] ?? 0;
    this.highest = this.thresholds[count - 1] ?? 0;
    this.lowestBits = bitsOf(this.lowest);
    const span = bitsOf(this.highest) - this.lowestBits;
    this.shift = 0;
    while (span >>> this.shift > BUCKETS_PER_THRESHOLD * count) this.shift += 1;
    this.firstOfBucket = new Int32Array((span >>> this.shift) + 2).fill(count);
    for (let k = count - 1; k >= 0; k--) this.firstOfBucket[this.bucket(this.thresholds[k]!)] = k;
    for (let b = this.firstOfBucket.length - 2; b >= 0; b--) {
      this.firstOfBucket[b] = Math.min(this.firstOfBucket[b]!, this.firstOfBucket[b + 1]!);
    }
  }

  /** The number of thresholds smaller than `score`, which is also the index of the first that is not. */
  countBelow(score: number): number {
    if (!(score > this.lowest)) return 0;
    if (score > this.highest) return this.thresholds.length;
    const bucket = this.bucket(score);
    let low = this.firstOfBucket[bucket]!;
    let high = this.firstOfBucket[bucket + 1]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.thresholds[middle]! < score) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private bucket(score: number): number {
    return (bitsOf(score) - this.lowestBits) >>> this.shift;
  }
}

function distinct(ascending: Float64Array): [values: Float64Array, multiplicity: Float64Array] {
  const values = new Float64Array(ascending.length);
  const multiplicity = new Float64Array(ascending.length);
  let count = 0;
  for (const value of ascending) {
    if (count === 0 || values[count - 1] !== value) values[count++] = value;
    multiplicity[count - 1]! += 1;
  }
  return [values.slice(0, count), multiplicity.slice(0, count)];
}
