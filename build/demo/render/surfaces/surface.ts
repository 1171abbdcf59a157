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

/** Writes one colour times a brightness. */
export function put(out: Float64Array, [red, green, blue]: Rgb, brightness: number, gloss: number): void {
  out[0] = red * brightness;
  out[1] = green * brightness;
  out[2] = blue * brightness;
  out[3] = gloss;
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
