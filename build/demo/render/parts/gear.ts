/** Spur and helical gears with a bore, a keyway, and a web and hub where there is room. The axis is z. */

import type { Rng } from '../../../../native-models/core/rng.ts';
import { between, chance, integerBetween } from '../draw.ts';
import { loft, type Ring, ring } from '../loft.ts';
import type { Mesh } from '../mesh.ts';

const MIN_TEETH = 8;
const MAX_TEETH = 20;
/** Corners of one tooth as fractions of the pitch angle and of the tooth's height; a trapezoid with rounded shoulders. */
const TOOTH = [
  [0.0, 0],
  [0.14, 0.04],
  [0.24, 0.45],
  [0.31, 0.9],
  [0.38, 1],
  [0.62, 1],
  [0.69, 0.9],
  [0.76, 0.45],
  [0.86, 0.04],
] as const;

/** A gear of outer radius 1. */
export function buildGear(rng: Rng): Mesh {
  const teeth = integerBetween(rng, MIN_TEETH, MAX_TEETH);
  const angles = Array.from({ length: teeth }, (_, tooth) =>
    TOOTH.map(([at]) => ((tooth + at) / teeth) * 2 * Math.PI),
  ).flat();
  const toothHeight = Math.min(0.3, between(rng, 2.0, 2.7) / (teeth / 1.6 + 2.5));
  const root = 1 - toothHeight;
  const height = between(rng, 0.22, 0.6);
  const twistRad = chance(rng, 0.25) ? between(rng, -0.5, 0.5) * height : 0;
  const bevel = 0.03;
  const outline = (z: number, inset: number) => {
    const turned = angles.map((angle) => angle + twistRad * z);
    return ring(turned, (_, i) => root - inset + TOOTH[i % TOOTH.length]![1] * toothHeight, z);
  };
  const wall = [outline(0, bevel), outline(bevel, 0), outline(height - bevel, 0), outline(height, bevel)];
  return loft([...wall, ...inside(rng, angles, root - 2 * bevel, height, twistRad)], 'joined').build();
}

/** Over the top face, down the bore and back out under the bottom face. */
function inside(rng: Rng, angles: readonly number[], faceRadius: number, height: number, twistRad: number): Ring[] {
  const bore = between(rng, 0.14, 0.3);
  const keyed = chance(rng, 0.35);
  const boreRadius = (angle: number) => (keyed && Math.abs(angle - Math.PI) < 0.35 ? bore * 1.35 : bore);
  const hub = bore + between(rng, 0.12, 0.2);
  const hasWeb = faceRadius - hub > 0.2 && chance(rng, 0.6);
  const web = hasWeb ? between(rng, 0.15, 0.35) * height : 0;
  const hubHeight = chance(rng, 0.45) ? between(rng, 0.15, 0.5) * height : 0;
  const circle = (radius: number, z: number) =>
    ring(
      angles.map((a) => a + twistRad * z),
      () => radius,
      z,
    );
  const hole = (grow: number, z: number) => ring(angles, (angle) => boreRadius(angle) + grow, z);
  const rim = faceRadius - 0.08;
  const top = [
    ...(hasWeb ? [circle(rim, height), circle(rim - 0.03, height - web)] : [circle(faceRadius, height)]),
    ...(hasWeb || hubHeight > 0 ? [circle(hub + 0.02, height - web), circle(hub, height + hubHeight)] : []),
  ];
  const bottom = hasWeb
    ? [circle(hub, 0), circle(hub + 0.02, web), circle(rim - 0.03, web), circle(rim, 0)]
    : [circle(faceRadius, 0)];
  return [
    ...top,
    hole(0.02, height + hubHeight),
    hole(0, height + hubHeight - 0.02),
    hole(0, 0.02),
    hole(0.02, 0),
    ...bottom,
  ];
}
