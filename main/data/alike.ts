/** Pairs of fingerprints that differ in few bits, found without comparing each with each. */

import { setImmediate } from 'node:timers/promises';

/** Of 64: a picture saved anew, resized or brightened differs in fewer; other pictures in 20 to 40. */
export const MOST_BITS = 6;

/** One more than bits may differ, so that two alike agree in at least one whole band. */
const BANDS = MOST_BITS + 1;
const BITS = 64;
const PAUSE_AFTER_MS = 20;

/**
 * Groups of indices whose fingerprints are joined by steps of at most `MOST_BITS` bits; those alone are left out. Pauses
 * now and then, so that others get their turn.
 * Source: Norouzi, Punjani, Fleet 2012, "Fast search in Hamming space with multi-index hashing", section 2.
 */
export async function groupsAlike(fingerprints: readonly string[], now: () => number): Promise<number[][]> {
  const byBits = new Map<string, number[]>();
  fingerprints.forEach((bits, index) => {
    const same = byBits.get(bits);
    if (same === undefined) byBits.set(bits, [index]);
    else same.push(index);
  });
  const distinct = [...byBits.keys()];
  const [high, low] = [0, 8].map((at) =>
    Uint32Array.from(distinct, (bits) => Number.parseInt(bits.slice(at, at + 8), 16)),
  );
  const joined = new Joined(distinct.length);
  let since = now();
  for (let band = 0; band < BANDS; band++) {
    for (const bucket of bucketsOf(distinct, band)) {
      joinWithin(bucket, high!, low!, joined);
      if (now() - since < PAUSE_AFTER_MS) continue;
      await setImmediate();
      since = now();
    }
  }
  return joined
    .groups()
    .map((members) => members.flatMap((member) => byBits.get(distinct[member]!)!))
    .filter((group) => group.length > 1);
}

/** Indices that agree in a band. */
function bucketsOf(distinct: readonly string[], band: number): Iterable<readonly number[]> {
  const [from, to] = [Math.floor((band * BITS) / BANDS), Math.floor(((band + 1) * BITS) / BANDS)];
  const buckets = new Map<bigint, number[]>();
  distinct.forEach((bits, index) => {
    const key = (BigInt(`0x${bits}`) >> BigInt(from)) & ((1n << BigInt(to - from)) - 1n);
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [index]);
    else bucket.push(index);
  });
  return buckets.values();
}

function joinWithin(bucket: readonly number[], high: Uint32Array, low: Uint32Array, joined: Joined): void {
  for (let i = 0; i < bucket.length; i++) {
    const a = bucket[i]!;
    for (let j = i + 1; j < bucket.length; j++) {
      const b = bucket[j]!;
      const bits = bitCount(high[a]! ^ high[b]!) + bitCount(low[a]! ^ low[b]!);
      if (bits <= MOST_BITS) joined.join(a, b);
    }
  }
}

/** Source: Warren, Hacker's Delight, section 5-1. */
function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Disjoint sets. */
class Joined {
  private readonly parents: Uint32Array;

  constructor(count: number) {
    this.parents = Uint32Array.from({ length: count }, (_, i) => i);
  }

  join(a: number, b: number): void {
    this.parents[this.root(a)] = this.root(b);
  }

  groups(): number[][] {
    const byRoot = new Map<number, number[]>();
    for (let i = 0; i < this.parents.length; i++) {
      const root = this.root(i);
      const group = byRoot.get(root);
      if (group === undefined) byRoot.set(root, [i]);
      else group.push(i);
    }
    return [...byRoot.values()];
  }

  private root(start: number): number {
    let at = start;
    while (this.parents[at] !== at) {
      this.parents[at] = this.parents[this.parents[at]!]!;
      at = this.parents[at]!;
    }
    return at;
  }
}
