/**
 * The positions that a vision transformer learned on one grid of patches, resampled for another: each coordinate of the
 * table is a map, resized by bicubic interpolation whose kernel widens where the map shrinks. The class token's row stays.
 * Source: timm's `resample_abs_pos_embed`, torch's `interpolate(mode='bicubic', antialias=True)`; the kernel from Keys
 * 1981, https://doi.org/10.1109/TASSP.1981.1163711, with a = -0.5.
 */

import { assert } from '../core/assert.ts';
import type { Shape } from '../core/shape.ts';

const SHARPNESS = -0.5; // Keys' a
const REACH = 2; // input places that the kernel covers to each side, where the map does not shrink

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x * x + 1;
  return x < REACH ? SHARPNESS * (((x - 5) * x + 8) * x - 4) : 0;
}

interface Window {
  readonly first: number;
  readonly shares: readonly number[];
}

/** What each output place takes from the input places around it; shares are cut off at the borders and add up to 1. */
function windows(inputs: number, outputs: number): Window[] {
  const scale = inputs / outputs;
  const widening = Math.max(1, scale);
  return Array.from({ length: outputs }, (_, at) => {
    const centre = scale * (at + 0.5);
    const first = Math.max(0, Math.trunc(centre - REACH * widening + 0.5));
    const end = Math.min(inputs, Math.trunc(centre + REACH * widening + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) => cubic((first + i + 0.5 - centre) / widening));
    const total = raw.reduce((sum, share) => sum + share, 0);
    return { first, shares: raw.map((share) => share / total) };
  });
}

/** Resamples the middle axis. Shapes: [outer,inputs,inner] -> [outer,outputs,inner]. */
function resampled(values: Float64Array, [outer, inputs, inner]: Shape, outputs: number): Float64Array {
  const result = new Float64Array(outer! * outputs * inner!);
  const places = windows(inputs!, outputs);
  for (let block = 0; block < outer!; block++) {
    places.forEach(({ first, shares }, at) => {
      const target = (block * outputs + at) * inner!;
      shares.forEach((share, i) => {
        const source = (block * inputs! + first + i) * inner!;
        for (let k = 0; k < inner!; k++) result[target + k]! += share * values[source + k]!;
      });
    });
  }
  return result;
}

/** Whether both tables are square grids with a class token before them, of one width. */
export function canResample(from: Shape, to: Shape): boolean {
  return gridOf(from) !== null && gridOf(to) !== null && from[2] === to[2];
}

/** For tables that `canResample`. Shapes: stored [1,1+g*g,D], as `from` says -> [1,1+h*h,D], as `to` says. */
export function resampledPositions(stored: Float32Array, from: Shape, to: Shape): Float32Array {
  assert(canResample(from, to), `positions [${from}] cannot become [${to}]`);
  const [inputs, outputs] = [gridOf(from)!, gridOf(to)!];
  const width = to[2]!;
  const map = Float64Array.from(stored.subarray(width));
  const columns = resampled(map, [inputs, inputs, width], outputs);
  const rows = resampled(columns, [1, inputs, outputs * width], outputs);
  const table = new Float32Array((1 + outputs * outputs) * width);
  table.set(stored.subarray(0, width));
  table.set(rows, width);
  return table;
}

function gridOf(shape: Shape): number | null {
  const [one, rows, width] = shape;
  const side = Math.sqrt((rows ?? 0) - 1);
  return shape.length === 3 && one === 1 && width !== undefined && side >= 1 && Number.isInteger(side) ? side : null;
}
