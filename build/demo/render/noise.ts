/** Lattice noise for textures: smooth, without period, a function of place and seed alone. */

import type { Rng } from '../../../native-models/core/rng.ts';

/** A seed for noise; small, so that seeds and their sums stay integers to the engine, which keeps them off the heap. */
export const drawSeed = (rng: Rng): number => rng.integer(2 ** 24);

// Odd multipliers that spread one step along an axis over all bits. Source: xxHash32 (Collet 2012).
const STEP_X = 0x27d4eb2d;
const STEP_Y = 0x165667b1;
const STEP_Z = 0x1b873593;

/** The value of a lattice point in [0, 1), from the sum of its steps. One round of MurmurHash3's finaliser is enough to look at. */
function lattice(steps: number, seed: number): number {
  const h = Math.imul(steps ^ (steps >>> 15) ^ seed, 0x85ebca6b);
  return ((h ^ (h >>> 13)) >>> 0) / 2 ** 32;
}

const ease = (t: number): number => t * t * (3 - 2 * t);

/** Smooth noise in [0, 1) over the line; one bump per unit. */
export function noise1(x: number, seed: number): number {
  const i = Math.floor(x);
  const at = Math.imul(i, STEP_X);
  const a = lattice(at, seed);
  return a + ease(x - i) * (lattice((at + STEP_X) | 0, seed) - a);
}

/** Smooth noise in [0, 1) over the plane. */
export function noise2(x: number, y: number, seed: number): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  return layer((Math.imul(i, STEP_X) + Math.imul(j, STEP_Y)) | 0, ease(x - i), ease(y - j), seed);
}

/** Smooth noise in [0, 1) over space. */
export function noise3(x: number, y: number, z: number, seed: number): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const k = Math.floor(z);
  const u = ease(x - i);
  const v = ease(y - j);
  const at = (Math.imul(i, STEP_X) + Math.imul(j, STEP_Y) + Math.imul(k, STEP_Z)) | 0;
  const near = layer(at, u, v, seed);
  return near + ease(z - k) * (layer((at + STEP_Z) | 0, u, v, seed) - near);
}

/** The four lattice points round a place in one layer, mixed. */
function layer(at: number, u: number, v: number, seed: number): number {
  const a = lattice(at, seed);
  const b = lattice((at + STEP_Y) | 0, seed);
  const low = a + u * (lattice((at + STEP_X) | 0, seed) - a);
  const high = b + u * (lattice((at + STEP_X + STEP_Y) | 0, seed) - b);
  return low + v * (high - low);
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
