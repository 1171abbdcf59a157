/** Hard surfaces: brushed steel, concrete, painted sheet. */

import { between, chance, oneOf } from '../draw.ts';
import type { Rgb } from '../materials.ts';
import { drawSeed, fractal2, noise2, smoothstep } from '../noise.ts';
import { blend, dim, plane, put, type SurfaceKind } from './surface.ts';

/** A steel bench, brushed along one direction, scratched and stained. */
export const brushedSteel: SurfaceKind = (rng) => {
  const { u, v } = plane(rng);
  const scratches = plane(rng);
  const seed = drawSeed(rng);
  const level = between(rng, 0.13, 0.34);
  const streak = between(rng, 0.15, 0.5);
  const stain = between(rng, 0.1, 0.6);
  const worn = between(rng, 0.78, 0.9);
  const colour: Rgb = [between(rng, 0.96, 1.04), 1, between(rng, 0.97, 1.06)];
  return {
    mean: [level, level, level],
    roughness01: between(rng, 0.3, 0.6),
    paint(x, y, out) {
      const along = u(x, y);
      const across = v(x, y);
      const fine = noise2(along * 3, across * 160, seed) + 0.6 * noise2(along * 1.2, across * 55, seed + 1) - 0.8;
      const blotch = fractal2(along * 2.2, across * 2.2, 3, seed + 2);
      const p = scratches.u(x, y);
      const q = scratches.v(x, y);
      const bend = 0.12 * noise2(p * 2, q * 2, seed + 3);
      const scratch = smoothstep(worn, 1, noise2(p * 2.5, (q + bend) * 90, seed + 4));
      const dirt = smoothstep(0.5, 0.75, blotch) * stain;
      const brightness = level * (1 + streak * fine + 0.5 * (blotch - 0.5) + 0.7 * scratch) * (1 - 0.6 * dirt);
      put(out, colour, 0.42 * (1 - dirt));
      dim(out, brightness);
    },
  };
};

/** A cement floor: blotches, sand, pits, here and there a crack. */
export const concrete: SurfaceKind = (rng) => {
  const { u, v } = plane(rng);
  const seed = drawSeed(rng);
  const level = between(rng, 0.16, 0.42);
  const warm = between(rng, -0.05, 0.1);
  const colour: Rgb = [1 + warm, 1, 1 - warm];
  const grain = between(rng, 0.1, 0.35);
  const pits = between(rng, 0.66, 0.82);
  const cracked = chance(rng, 0.4);
  return {
    mean: [level * (1 + warm), level, level * (1 - warm)],
    roughness01: 0.9,
    paint(x, y, out) {
      const p = u(x, y);
      const q = v(x, y);
      const blotch = fractal2(p * 2.5, q * 2.5, 3, seed) - 0.5;
      const sand = fractal2(p * 60, q * 60, 2, seed + 10) - 0.5;
      const pit = smoothstep(
        pits,
        pits + 0.12,
        0.6 * noise2(p * 34, q * 34, seed + 20) + 0.4 * noise2(p * 90, q * 90, seed + 21),
      );
      const ridge = cracked ? Math.abs(fractal2(p * 1.3, q * 1.3, 3, seed + 30) - 0.5) : 1;
      const crack = 1 - smoothstep(0.003, 0.009, ridge);
      const brightness = level * (1 + 0.9 * blotch + grain * 2 * sand) * (1 - 0.5 * pit) * (1 - 0.65 * crack);
      put(out, colour, 0.02);
      dim(out, Math.max(0.01, brightness));
    },
  };
};

const BARE_METAL: Rgb = [0.2, 0.18, 0.16];
const SCUFF: Rgb = [0.3, 0.29, 0.27];

const PAINTS: readonly Rgb[] = [
  [0.05, 0.11, 0.16],
  [0.09, 0.14, 0.1],
  [0.22, 0.23, 0.23],
  [0.3, 0.07, 0.045],
  [0.42, 0.4, 0.34],
  [0.03, 0.03, 0.035],
];

/** Hammered or plain paint on sheet steel, chipped down to the metal in places. */
export const paintedSheet: SurfaceKind = (rng) => {
  const { u, v } = plane(rng);
  const seed = drawSeed(rng);
  const colour = oneOf(rng, PAINTS);
  const chips = between(rng, 0.6, 0.85);
  const dimple = chance(rng, 0.5) ? between(rng, 0.1, 0.3) : 0;
  return {
    mean: colour,
    roughness01: between(rng, 0.25, 0.55),
    paint(x, y, out) {
      const p = u(x, y);
      const q = v(x, y);
      const wear = fractal2(p * 4, q * 4, 3, seed);
      const chip = smoothstep(chips, chips + 0.02, wear);
      const dust = fractal2(p * 1.7, q * 1.7, 2, seed + 9) - 0.5;
      const bump = dimple * (noise2(p * 45, q * 45, seed + 5) - 0.5);
      const scuff = smoothstep(0.86, 1, noise2(p * 3, q * 70, seed + 7));
      put(out, colour, 0.12 * (1 - chip));
      blend(out, BARE_METAL, chip);
      blend(out, SCUFF, 0.14 * scuff + 0.12 * (dust + 0.5));
      dim(out, 1 + bump * 2 + 0.4 * dust);
    },
  };
};
