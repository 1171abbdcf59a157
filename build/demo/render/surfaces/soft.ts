/** Soft surfaces: wood, cardboard, paper and cutting mats. */

import { between, chance, oneOf } from '../draw.ts';
import type { Rgb } from '../materials.ts';
import { drawSeed, fractal2, noise1, noise2, smoothstep } from '../noise.ts';
import { blend, dim, mix, plane, put, type SurfaceKind } from './surface.ts';

const WEATHERED: Rgb = [0.3, 0.28, 0.26];
const COFFEE: Rgb = [0.3, 0.22, 0.12];

const WOODS: readonly (readonly [light: Rgb, dark: Rgb])[] = [
  [
    [0.5, 0.33, 0.18],
    [0.27, 0.14, 0.06],
  ],
  [
    [0.32, 0.17, 0.08],
    [0.13, 0.06, 0.03],
  ],
  [
    [0.62, 0.47, 0.3],
    [0.42, 0.28, 0.15],
  ],
  [
    [0.24, 0.2, 0.16],
    [0.1, 0.08, 0.065],
  ],
];

/** Planks of one kind of wood, with rings, pores, seams, scratches. */
export const wood: SurfaceKind = (rng) => {
  const { u, v } = plane(rng);
  const seed = drawSeed(rng);
  const [light, dark] = oneOf(rng, WOODS);
  const rings = between(rng, 5, 14);
  const plank = between(rng, 0.35, 1.3);
  const worn = between(rng, 0, 0.35);
  return {
    mean: mix(light, dark, 0.4),
    roughness01: 0.55,
    paint(x, y, out) {
      const along = u(x, y);
      const across = v(x, y);
      const board = Math.floor(across / plank);
      const own = seed + board * 977;
      const drift = 0.5 * fractal2(along * 0.7, across * 2.2, 2, own);
      const figure = noise1((across + drift) * rings * (0.7 + 0.6 * noise1(board, seed)), own + 1);
      const fibre = noise2(along * 7, across * 190, own + 2);
      const pore = smoothstep(0.78, 0.95, noise2(along * 14, across * 120, own + 3));
      const fromSeam = Math.abs(across / plank - Math.round(across / plank)) * plank;
      const seam = 1 - smoothstep(0.002, 0.008, fromSeam);
      const tone = 0.15 + 0.5 * smoothstep(0.2, 0.85, figure) + 0.2 * fibre + 0.3 * pore;
      put(out, light, 0.05);
      blend(out, dark, Math.min(1, tone));
      blend(out, WEATHERED, worn * noise2(along * 2, across * 3, seed + 8));
      dim(out, (0.85 + 0.3 * noise1(board, seed + 5)) * (1 - 0.8 * seam));
    },
  };
};

/** Corrugated cardboard: faint flutes, fibres, creases. */
export const cardboard: SurfaceKind = (rng) => {
  const { u, v } = plane(rng);
  const seed = drawSeed(rng);
  const level = between(rng, 0.75, 1.15);
  const colour: Rgb = [0.42 * level, 0.28 * level, 0.155 * level];
  const flutes = between(rng, 18, 34);
  const depth = between(rng, 0.02, 0.12);
  const crease = chance(rng, 0.35) ? between(rng, -0.4, 0.4) : null;
  const angle = between(rng, 0, Math.PI);
  return {
    mean: colour,
    roughness01: 0.9,
    paint(x, y, out) {
      const p = u(x, y);
      const q = v(x, y);
      const flute = depth * Math.sin(2 * Math.PI * q * flutes + 0.8 * noise2(p * 3, q * 3, seed));
      const fibre = fractal2(p * 55, q * 80, 2, seed + 1) - 0.5;
      const blotch = fractal2(p * 3, q * 3, 3, seed + 4) - 0.5;
      const fromCrease = crease === null ? 1 : Math.cos(angle) * x + Math.sin(angle) * y - crease;
      const fold = Math.exp(-((fromCrease / 0.012) ** 2)) * Math.sign(fromCrease) * 0.3;
      const speck = smoothstep(0.9, 0.96, noise2(p * 90, q * 90, seed + 7));
      put(out, colour, 0.01);
      dim(out, (1 + flute + 0.3 * fibre + 0.25 * blotch + fold) * (1 - 0.35 * speck));
    },
  };
};

const MATS: readonly (readonly [mat: Rgb, lines: Rgb])[] = [
  [
    [0.02, 0.12, 0.085],
    [0.45, 0.5, 0.3],
  ],
  [
    [0.025, 0.07, 0.16],
    [0.5, 0.55, 0.6],
  ],
  [
    [0.05, 0.05, 0.055],
    [0.32, 0.32, 0.3],
  ],
  [
    [0.16, 0.17, 0.18],
    [0.5, 0.5, 0.5],
  ],
];

/** A cutting mat with its printed grid and old cuts. */
export const cuttingMat: SurfaceKind = (rng) => {
  const { u, v } = plane(rng);
  const cuts = plane(rng);
  const seed = drawSeed(rng);
  const [mat, ink] = oneOf(rng, MATS);
  const cell = between(rng, 0.07, 0.2);
  const halfWidth = between(rng, 0.0016, 0.0034);
  const fade = between(rng, 0.3, 0.9);
  const line = (t: number) => {
    const nearest = Math.round(t / cell);
    const distance = Math.abs(t - nearest * cell);
    return 1 - smoothstep(halfWidth, halfWidth * 1.8, distance / (nearest % 5 === 0 ? 1.7 : 1));
  };
  return {
    mean: mat,
    roughness01: 0.6,
    paint(x, y, out) {
      const p = u(x, y);
      const q = v(x, y);
      const grid = Math.max(line(p), line(q)) * fade * (0.55 + 0.9 * (noise2(p * 6, q * 6, seed) - 0.2));
      const texture = fractal2(p * 70, q * 70, 2, seed + 1) - 0.5;
      const cut = smoothstep(0.93, 0.99, noise2(cuts.u(x, y) * 1.5, cuts.v(x, y) * 60, seed + 3));
      const dust = smoothstep(0.5, 0.8, fractal2(p * 2, q * 2, 3, seed + 5)) * 0.12;
      put(out, mat, 0.05);
      blend(out, ink, Math.min(1, grid));
      blend(out, WEATHERED, 0.3 * cut + dust);
      dim(out, 1 + 0.4 * texture);
    },
  };
};

/** White or squared paper, a little crumpled and stained. */
export const paper: SurfaceKind = (rng) => {
  const { u, v } = plane(rng);
  const seed = drawSeed(rng);
  const level = between(rng, 0.5, 0.78);
  const colour: Rgb = [level, level * between(rng, 0.95, 1), level * between(rng, 0.82, 0.98)];
  const cell = chance(rng, 0.5) ? between(rng, 0.05, 0.12) : null;
  const ink: Rgb = oneOf(rng, [
    [0.2, 0.35, 0.6],
    [0.4, 0.4, 0.42],
  ] as const);
  const crumple = between(rng, 0.02, 0.25);
  return {
    mean: colour,
    roughness01: 0.9,
    paint(x, y, out) {
      const p = u(x, y);
      const q = v(x, y);
      const shape = Math.abs(fractal2(p * 2.5, q * 2.5, 3, seed) - 0.5) + 0.4 * (noise2(p * 5, q * 5, seed + 4) - 0.5);
      const stain = smoothstep(0.62, 0.66, fractal2(p * 1.6, q * 1.6, 3, seed + 6)) * 0.2;
      const toLine =
        cell === null
          ? 1
          : Math.min(Math.abs(p - Math.round(p / cell) * cell), Math.abs(q - Math.round(q / cell) * cell));
      const printed = 0.45 * (1 - smoothstep(0.001, 0.004, toLine));
      put(out, colour, 0.01);
      blend(out, ink, printed);
      blend(out, COFFEE, stain);
      dim(out, 1 + crumple * (shape - 0.1) * 2);
    },
  };
};
