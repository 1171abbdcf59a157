/** What the bench is made of, as a colour per place. */

import type { Rng } from '../../../../native-models/core/rng.ts';
import type { Rgb } from '../materials.ts';

export interface Surface {
  /** Writes linear red, green, blue and gloss (0 matt … 1 shining) of the bench at (x, y), in frame units. */
  readonly paint: (x: number, y: number, out: Float64Array) => void;
  /** A typical colour, for the light that the bench throws back up. */
  readonly mean: Rgb;
  /** Of the reflection that gloss mixes in. */
  readonly roughness01: number;
}

export type SurfaceKind = (rng: Rng) => Surface;

/** Writes one colour and its gloss. */
export function put(out: Float64Array, colour: Rgb, gloss: number): void {
  out[0] = colour[0];
  out[1] = colour[1];
  out[2] = colour[2];
  out[3] = gloss;
}

/** Moves what is written part of the way to another colour. */
export function blend(out: Float64Array, colour: Rgb, amount01: number): void {
  if (amount01 <= 0) return;
  for (let c = 0; c < 3; c++) out[c]! += (colour[c]! - out[c]!) * amount01;
}

/** Makes what is written brighter or darker. */
export function dim(out: Float64Array, brightness: number): void {
  for (let c = 0; c < 3; c++) out[c]! *= brightness;
}

/** Part `t` of the way from one colour to another. */
export const mix = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
];

/** A turned and moved copy of the plane: texture coordinates of a place. */
export function plane(rng: Rng): {
  readonly u: (x: number, y: number) => number;
  readonly v: (x: number, y: number) => number;
} {
  const angle = 2 * Math.PI * rng.uniform();
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const [du, dv] = [50 * rng.uniform(), 50 * rng.uniform()];
  return { u: (x, y) => c * x + s * y + du, v: (x, y) => c * y - s * x + dv };
}
