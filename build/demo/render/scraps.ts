/** What lies about between the parts: wire, shavings, tape, pencils, chips. They have no label. */

import type { Rng } from '../../../native-models/core/rng.ts';
import { between, chance, integerBetween, oneOf } from './draw.ts';
import { evenAngles, loft, polygonRadius, ring } from './loft.ts';
import { drawFinish, dullFinish, type Finish, type Rgb } from './materials.ts';
import { type Mesh, MeshBuilder } from './mesh.ts';
import { Blank, sheet } from './sheet.ts';
import { tube } from './tube.ts';
import type { Vector } from './vector.ts';

/** A scrap in frame units, its lowest face at or near z = 0. */
export interface Scrap {
  readonly mesh: Mesh;
  readonly finish: Finish;
  /** Whether it is rigid and comes to rest like a part; wire and chips are made to fit the place they lie in. */
  readonly isRigid: boolean;
}

const COLOURS: readonly Rgb[] = [
  [0.5, 0.05, 0.04],
  [0.04, 0.12, 0.4],
  [0.55, 0.4, 0.03],
  [0.03, 0.25, 0.09],
  [0.02, 0.02, 0.022],
  [0.6, 0.58, 0.52],
];

/** A piece of wire or cable that wanders over the bench, and over what lies there. */
function wire(rng: Rng, heightAt: (x: number, y: number) => number, x: number, y: number): Scrap {
  const radius = between(rng, 0.005, 0.012);
  const points = 36;
  const step = between(rng, 0.25, 0.8) / points;
  let heading = between(rng, 0, 2 * Math.PI);
  let curl = between(rng, -5, 5);
  let at: readonly [number, number] = [0, 0];
  const path: [number, number, number][] = Array.from({ length: points }, () => {
    curl += between(rng, -1.4, 1.4);
    heading += curl * step;
    at = [at[0] + step * Math.cos(heading), at[1] + step * Math.sin(heading)];
    return [at[0], at[1], heightAt(x + at[0], y + at[1])];
  });
  const draped = path.map((_, i) => slackOver(path, i));
  const mesh = tube(
    path.map(([px, py], i): Vector => [px, py, draped[i]! + radius]),
    () => radius,
    8,
  ).build();
  return {
    mesh,
    finish: chance(rng, 0.4) ? drawFinish(rng) : dullFinish(rng, oneOf(rng, COLOURS), 0.4),
    isRigid: false,
  };
}

/** Height of a stiff wire at point `i`: it falls off gently from every obstacle under it. */
function slackOver(path: readonly (readonly [number, number, number])[], i: number): number {
  const [x, y] = path[i]!;
  return path.reduce((height, [px, py, obstacle]) => {
    const distance = Math.hypot(px - x, py - y) / 0.14;
    return Math.max(height, obstacle * Math.max(0, 1 - distance * distance) ** 2);
  }, path[i]![2]);
}

/** A short curl of metal from a lathe, thin and uneven. */
function shaving(rng: Rng): Scrap {
  const turns = between(rng, 1, 3.5);
  const radius = between(rng, 0.01, 0.024);
  const points = Math.round(turns * 12);
  const drift = between(rng, 0.02, 0.05);
  const path = Array.from({ length: points }, (_, i): Vector => {
    const angle = (i / 12) * 2 * Math.PI;
    const r = radius * (1 - (0.5 * i) / points);
    return [(i / 12) * drift, r * Math.cos(angle), radius + r * Math.sin(angle)];
  });
  const mesh = tube(path, (i) => 0.0018 + 0.0022 * Math.abs(Math.sin(i * 0.3)), 4).build();
  return { mesh, finish: drawFinish(rng), isRigid: true };
}

/** A strip of tape with torn ends. */
function tape(rng: Rng): Scrap {
  const width = between(rng, 0.07, 0.14);
  const length = between(rng, 0.18, 0.55);
  const rows = 10;
  const torn = Array.from({ length: rows + 1 }, () => [between(rng, 0, 0.02), length - between(rng, 0, 0.02)] as const);
  const blank = new Blank();
  for (let i = 0; i < rows; i++) {
    const [v0, v1] = [(i / rows) * width, ((i + 1) / rows) * width];
    blank.polygon([
      [torn[i]![0], v0],
      [torn[i]![1], v0],
      [torn[i + 1]![1], v1],
      [torn[i + 1]![0], v1],
    ]);
  }
  const mesh = sheet(blank, 0.0025, (u, v, offset) => [u, v, offset + 0.00125]).build();
  return { mesh, finish: dullFinish(rng, oneOf(rng, COLOURS), between(rng, 0.3, 0.7)), isRigid: true };
}

/** A hexagonal pencil with a sharpened end. */
function pencil(rng: Rng): Scrap {
  const radius = between(rng, 0.022, 0.032);
  const length = between(rng, 0.6, 1.1);
  const angles = evenAngles(12);
  const hexagon = (apothem: number, z: number) => ring(angles, (angle) => polygonRadius(6, apothem, angle), z);
  const circle = (r: number, z: number) => ring(angles, () => r, z);
  const standing = loft(
    [
      circle(radius * 0.1, -radius * 4.5),
      circle(radius * 0.9, -radius * 0.2),
      hexagon(radius, 0),
      hexagon(radius, length),
    ],
    'capped',
  ).build();
  return { mesh: laidDown(standing, radius), finish: dullFinish(rng, oneOf(rng, COLOURS), 0.35), isRigid: true };
}

/** A sprinkle of small angular chips. */
function chips(rng: Rng): Scrap {
  const into = new MeshBuilder();
  const spread = between(rng, 0.04, 0.16);
  for (let k = integerBetween(rng, 5, 18); k > 0; k--) {
    const [x, y] = [spread * rng.normal(), spread * rng.normal()];
    const size = between(rng, 0.003, 0.009);
    const turn = between(rng, 0, 2 * Math.PI);
    const corner = (i: number) =>
      into.vertex([x + size * Math.cos(turn + i * 2.1) * (1 + 0.5 * i), y + size * Math.sin(turn + i * 2.1), 0]);
    const [a, b, c] = [corner(0), corner(1), corner(2)];
    const tip = into.vertex([x, y, size * between(rng, 0.4, 1)]);
    into.triangle(a, b, tip);
    into.triangle(b, c, tip);
    into.triangle(c, a, tip);
  }
  const finish = chance(rng, 0.6) ? drawFinish(rng) : dullFinish(rng, [0.35, 0.24, 0.13], 0.8);
  return { mesh: into.build(), finish, isRigid: false };
}

/** The axis turned from z to x, and lifted onto the bench. */
function laidDown(mesh: Mesh, lift: number): Mesh {
  const turn = (vectors: Float32Array, rise: number) =>
    vectors.map((_, i) => (i % 3 === 0 ? vectors[i + 2]! : i % 3 === 1 ? vectors[i - 1]! : vectors[i - 1]! + rise));
  return { ...mesh, positions: turn(mesh.positions, lift), cornerNormals: turn(mesh.cornerNormals, 0) };
}

/** A random scrap for the place (x, y); `heightAt` is the height of what already lies there. */
export function drawScrap(rng: Rng, heightAt: (x: number, y: number) => number, x: number, y: number): Scrap {
  const draw = rng.uniform();
  if (draw < 0.3) return wire(rng, heightAt, x, y);
  if (draw < 0.55) return shaving(rng);
  if (draw < 0.72) return tape(rng);
  if (draw < 0.82) return pencil(rng);
  return chips(rng);
}
