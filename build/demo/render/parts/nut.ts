/** Hexagon nuts: full or thin, with a threaded bore. The axis is z. */

import type { Rng } from '../../../../native-models/core/rng.ts';
import { between, chance } from '../draw.ts';
import { evenAngles, loft, type Ring, ring } from '../loft.ts';
import type { Mesh } from '../mesh.ts';
import { hexagonWithChamfer, threadRadius } from './thread.ts';

const ANGLES = evenAngles(36);
const APOTHEM = 1; // every length below is in half widths across flats
const STEPS_PER_PITCH = 3;

/** A nut of random bore, height and pitch, in half widths across flats. */
export function buildNut(rng: Rng): Mesh {
  const bore = between(rng, 0.44, 0.6);
  const height = chance(rng, 0.25) ? between(rng, 0.4, 0.6) : between(rng, 0.75, 1.15);
  const hexagon = hexagonWithChamfer(ANGLES, APOTHEM, 0, height, { below: true, above: true });
  return loft([...hexagon, ...threadedBore(rng, bore, height)], 'joined').build();
}

/** From the countersink on top down to the one at the bottom. */
function threadedBore(rng: Rng, bore: number, height: number): Ring[] {
  const pitch = between(rng, 0.13, 0.2);
  const depth = 0.6 * pitch;
  const sink = 0.08;
  const steps = Math.max(2, Math.round(((height - 2 * sink) / pitch) * STEPS_PER_PITCH));
  const thread = Array.from({ length: steps }, (_, i) => {
    const z = height - sink - ((i + 0.5) * (height - 2 * sink)) / steps;
    return ring(ANGLES, (angle) => bore + depth * threadRadius(z / pitch, angle), z);
  });
  return [ring(ANGLES, () => bore + depth + sink, height), ...thread, ring(ANGLES, () => bore + depth + sink, 0)];
}
