/** Lattice noise for textures: smooth, without period, a function of place and seed alone. */

import type { Rng } from '../../../native-models/core/rng.ts';

/** A seed for noise; small, so that seeds and their sums stay integers to the engine, which keeps them off the heap. */
export const drawSeed = (rng: Rng): number => rng.integer(2 ** 24);

/** Three places of the lattice share no pattern when their seeds differ. Source: finaliser of MurmurHash3 (Appleby 2011). */
function lattice(i: number, j: number, k: number, seed: number): number {
  let h = Math.imul(i, 0x27d4eb2d) ^ Math.imul(j, 0x165667b1) ^ Math.imul(k, 0x1b873593) ^ seed;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

const ease = (t: number): number => t * t * (3 - 2 * t);

/** Smooth noise in [0, 1) over the line; one bump per unit. */
export function noise1(x: number, seed: number): number {
  const i = Math.floor(x);
  const a = lattice(i, 0, 0, seed);
  return a + ease(x - i) * (lattice(i + 1, 0, 0, seed) - a);
}

/** Smooth noise in [0, 1) over the plane. */
export function noise2(x: number, y: number, seed: number): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const u = ease(x - i);
  const v = ease(y - j);
  const a = lattice(i, j, 0, seed);
  const b = lattice(i, j + 1, 0, seed);
  const low = a + u * (lattice(i + 1, j, 0, seed) - a);
  const high = b + u * (lattice(i + 1, j + 1, 0, seed) - b);
  return low + v * (high - low);
}

/** Smooth noise in [0, 1) over space. */
export function noise3(x: number, y: number, z: number, seed: number): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const k = Math.floor(z);
  const u = ease(x - i);
  const v = ease(y - j);
  const w = ease(z - k);
  const a = lattice(i, j, k, seed);
  const b = lattice(i, j + 1, k, seed);
  const c = lattice(i, j, k + 1, seed);
  const d = lattice(i, j + 1, k + 1, seed);
  const front = a + u * (lattice(i + 1, j, k, seed) - a);
  const front2 = b + u * (lattice(i + 1, j + 1, k, seed) - b);
  const back = c + u * (lattice(i + 1, j, k + 1, seed) - c);
  const back2 = d + u * (lattice(i + 1, j + 1, k + 1, seed) - d);
  const near = front + v * (front2 - front);
  return near + w * (back + v * (back2 - back) - near);
}

/** Noise summed over octaves, each half as strong and twice as fine as the one before; in [0, 1), mean 0.5. */
export function fractal2(x: number, y: number, octaves: number, seed: number): number {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  let step = 1;
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * noise2(x * step, y * step, seed + octave * 0x9e37);
    total += weight;
    weight /= 2;
    step *= 2.03; // not 2, so that the lattices of two octaves never line up
  }
  return sum / total;
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothstep(low: number, high: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - low) / (high - low)));
  return ease(t);
}
