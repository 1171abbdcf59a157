/** Flat washers, from narrow to fender, some dished like a spring washer. The axis is z. */

import type { Rng } from '../../../../native-models/core/rng.ts';
import { between, chance } from '../draw.ts';
import { evenAngles, loft, ring } from '../loft.ts';
import type { Mesh } from '../mesh.ts';

const ANGLES = evenAngles(44);

/** A washer of outer radius 1. */
export function buildWasher(rng: Rng): Mesh {
  const bore = between(rng, 0.4, 0.68);
  const thickness = between(rng, 0.06, 0.15);
  const bevel = Math.min(0.035, thickness / 4);
  const dish = chance(rng, 0.25) ? between(rng, 0.05, 0.18) : 0;
  const wave = chance(rng, 0.15) ? between(rng, 0.04, 0.08) : 0;
  const at = (radius: number, z: number) => {
    const rise = (dish * (1 - radius)) / (1 - bore);
    return ring(
      ANGLES,
      () => radius,
      (angle) => z + rise + wave * Math.sin(2 * angle),
    );
  };
  const rings = [
    at(1 - bevel, 0),
    at(1, bevel),
    at(1, thickness - bevel),
    at(1 - bevel, thickness),
    at(bore + bevel, thickness),
    at(bore, thickness - bevel),
    at(bore, bevel),
    at(bore + bevel, 0),
  ];
  return loft(rings, 'joined').build();
}
