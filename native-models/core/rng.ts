/**
 * Seeded random numbers. Every stream is a function of its seed and of the words that name it, so two streams never
 * share state and a stream can be opened anew at any point: `rngFrom(seed, 'augment', epoch, imageId)`.
 * Source: sfc32 by Chris Doty-Humphrey (PractRand); seeding by the 32-bit finaliser of MurmurHash3 (Appleby 2011).
 */

export interface Rng {
  /** Uniform in [0, 1) with 32 bits. */
  uniform(): number;
  /** Uniform integer in [0, upper). */
  integer(upper: number): number;
  /** Standard normal. Source: Box and Muller 1958. */
  normal(): number;
}

/** A stream named by `seed` and `words`; equal names give equal streams. */
export function rngFrom(seed: number, ...words: readonly (string | number)[]): Rng {
  return new Sfc32(hash([seed, ...words].join('\u0000')));
}

/** A permutation of 0..n-1. Source: Fisher and Yates 1938, Durstenfeld's form. */
export function permutation(n: number, rng: Rng): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

const WARM_UP_DRAWS = 12; // sfc32's own recommendation before the first number is used

class Sfc32 implements Rng {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seeds: readonly [number, number, number]) {
    [this.a, this.b, this.c] = seeds;
    for (let i = 0; i < WARM_UP_DRAWS; i++) this.next();
  }

  uniform(): number {
    return this.next() / 2 ** 32;
  }

  integer(upper: number): number {
    return Math.floor(this.uniform() * upper);
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  private next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** Three well-mixed 32-bit words from a string. */
function hash(text: string): [number, number, number] {
  const words = [0x9e3779b9, 0x243f6a88, 0xb7e15162].map((start) => {
    let h = start;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x5bd1e995) ^ (h >>> 15);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  });
  return words as [number, number, number];
}
