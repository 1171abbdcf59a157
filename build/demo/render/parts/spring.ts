/** Coil springs: open compression springs, straight or conical, and close-wound extension springs with hooks. Axis z. */

import type { Rng } from '../../../../native-models/core/rng.ts';
import { between, chance } from '../draw.ts';
import type { Mesh } from '../mesh.ts';
import { tube } from '../tube.ts';
import type { Vector } from '../vector.ts';

const POINTS_PER_TURN = 16;
const WIRE_SIDES = 8; // enough that neighbouring faces meet below the crease angle

/** A spring of coil radius 1. */
export function buildSpring(rng: Rng): Mesh {
  const wire = between(rng, 0.09, 0.2);
  const path = chance(rng, 0.7) ? compression(rng, wire) : extension(rng, wire);
  return tube(path, () => wire, WIRE_SIDES).build();
}

/** Open coils between two closed end turns. */
function compression(rng: Rng, wire: number): Vector[] {
  const turns = between(rng, 4.5, 10);
  const openPitch = between(rng, 3, 6) * wire;
  const taper = chance(rng, 0.2) ? between(rng, 0.3, 0.55) : 0;
  const points = Math.round(turns * POINTS_PER_TURN);
  let z = 0;
  return Array.from({ length: points + 1 }, (_, i) => {
    const turn = (i / points) * turns;
    const fromEnd = Math.min(turn, turns - turn);
    const opened = Math.min(1, Math.max(0, fromEnd - 0.8));
    z += (2 * wire + (openPitch - 2 * wire) * opened) / POINTS_PER_TURN;
    return coil(turn, 1 - (taper * i) / points, z);
  });
}

/** Coils that touch, and at either end a loop that stands up along the axis. */
function extension(rng: Rng, wire: number): Vector[] {
  const turns = Math.round(between(rng, 6, 11));
  const pitch = 2.06 * wire;
  const points = turns * POINTS_PER_TURN;
  const body = Array.from({ length: points + 1 }, (_, i) =>
    coil((i / points) * turns, 1, (i / POINTS_PER_TURN) * pitch),
  );
  const top = body.at(-1)![2];
  return [...hook(0, -1).reverse(), ...body, ...hook(top, 1)];
}

/** Three quarters of a circle in the plane of the axis, that begins where the coil ends, at (1, 0). */
function hook(z: number, side: 1 | -1): Vector[] {
  const points = 12;
  return Array.from({ length: points }, (_, k) => {
    const angle = ((k + 1) / points) * 1.45 * Math.PI;
    const bent = Math.min(1, k / 3);
    return [
      0.85 * Math.cos(angle) + 0.15 * (1 - bent),
      0.12 * (1 - bent),
      z + side * (0.2 + 0.85 * Math.sin(angle) + 0.5 * bent),
    ];
  });
}

const coil = (turn: number, radius: number, z: number): Vector => [
  radius * Math.cos(2 * Math.PI * turn),
  radius * Math.sin(2 * Math.PI * turn),
  z,
];
