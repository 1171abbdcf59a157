/** Machine screws: a threaded shank under a hexagon, socket-cap, button or flanged head. The axis is z, the head on top. */

import type { Rng } from '../../../../native-models/core/rng.ts';
import { between, chance, integerBetween, oneOf } from '../draw.ts';
import { evenAngles, loft, polygonRadius, type Ring, ring } from '../loft.ts';
import type { Mesh } from '../mesh.ts';
import { hexagonWithChamfer, threadRadius } from './thread.ts';

const ANGLES = evenAngles(18); // three points per flat of a hexagon, its corners among them
const SHANK_RADIUS = 1; // every length below is in shank radii
const STEPS_PER_PITCH = 3;

/** A screw of random length, pitch, head and threaded part, in shank radii. */
export function buildBolt(rng: Rng): Mesh {
  const length = between(rng, 4, 13);
  const head = oneOf(rng, [hexagonHead, hexagonHead, hexagonHead, socketHead, buttonHead]);
  return loft([...shank(rng, length), ...head(rng)], 'capped').build();
}

/** From the tip at -length up to the underside of the head at 0. */
function shank(rng: Rng, length: number): Ring[] {
  const pitch = between(rng, 0.36, 0.52);
  const depth = 0.6 * pitch;
  const threaded = chance(rng, 0.6) ? length - between(rng, 0.1, 0.4) : length * between(rng, 0.4, 0.8);
  const steps = Math.round((threaded / pitch) * STEPS_PER_PITCH);
  const tip = ring(ANGLES, () => SHANK_RADIUS - depth - 0.08, -length);
  const thread = Array.from({ length: steps }, (_, i) => {
    const fromTip = (i + 0.5) * (threaded / steps);
    const depthHere = Math.min(1, fromTip / pitch + 0.2);
    return ring(
      ANGLES,
      (angle) =>
        SHANK_RADIUS - depth + depthHere * (threadRadius(fromTip / pitch, angle) * depth) - (1 - depthHere) * 0.1,
      -length + fromTip,
    );
  });
  const plain = threaded < length * 0.9 ? [-length + threaded + 0.05, -0.01] : [-0.01];
  return [tip, ...thread, ...plain.map((z) => ring(ANGLES, () => SHANK_RADIUS, z))];
}

function hexagonHead(rng: Rng): Ring[] {
  const apothem = between(rng, 1.55, 1.8);
  const height = between(rng, 1.1, 1.5);
  const hexagon = hexagonWithChamfer(ANGLES, apothem, 0, height, { below: false, above: true });
  if (chance(rng, 0.7)) return hexagon;
  const flange = apothem * between(rng, 1.25, 1.4);
  const rim = 0.18;
  return [
    ring(ANGLES, () => flange, 0),
    ring(ANGLES, () => flange, rim),
    ...hexagonWithChamfer(ANGLES, apothem, 2.2 * rim, height + rim, { below: false, above: true }),
  ];
}

function socketHead(rng: Rng): Ring[] {
  const radius = between(rng, 1.5, 1.75);
  const height = between(rng, 1.7, 2.1);
  const bevel = 0.14;
  return [
    ring(ANGLES, () => radius, 0),
    ring(ANGLES, () => radius, height - bevel),
    ring(ANGLES, () => radius - bevel, height),
    ...hexagonSocket(rng, radius, height),
  ];
}

function buttonHead(rng: Rng): Ring[] {
  const radius = between(rng, 1.7, 2.1);
  const height = between(rng, 0.9, 1.2);
  const arcs = integerBetween(rng, 5, 6);
  const dome = Array.from({ length: arcs }, (_, i) => {
    const angle = ((i / arcs) * Math.PI) / 2;
    return ring(ANGLES, () => radius * Math.cos(angle), 0.12 + (height - 0.12) * Math.sin(angle));
  });
  const top = dome.at(-1)![0]![2];
  return [ring(ANGLES, () => radius, 0), ...dome, ...hexagonSocket(rng, radius, top, radius * 0.24)];
}

/** The recess for a hexagon key, from the rim inwards and down. */
function hexagonSocket(
  rng: Rng,
  headRadius: number,
  top: number,
  apothem = headRadius * between(rng, 0.46, 0.54),
): Ring[] {
  const depth = Math.min(0.55 * top, 0.9);
  return [top, top - depth].map((z) => ring(ANGLES, (angle) => polygonRadius(6, apothem, angle), z));
}
