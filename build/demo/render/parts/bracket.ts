/** Angle brackets: a sheet with holes, bent once. One leg lies in the xy plane, the other stands up from it. */

import type { Rng } from '../../../../native-models/core/rng.ts';
import { between, chance } from '../draw.ts';
import type { Mesh } from '../mesh.ts';
import { Blank, sheet } from '../sheet.ts';
import type { Vector } from '../vector.ts';

const BEND_STRIPS = 7;
const CORNER_STEPS = 4;

/** A bracket whose longer leg measures 1. */
export function buildBracket(rng: Rng): Mesh {
  const thickness = between(rng, 0.045, 0.1);
  const width = between(rng, 0.3, 0.95);
  const bendRadius = thickness * between(rng, 0.8, 2);
  const angleRad = (between(rng, 82, 98) * Math.PI) / 180;
  const blank = new Blank();
  const first = drillLeg(blank, rng, 0, 1, width);
  const bendLength = bendRadius * angleRad;
  for (let i = 0; i < BEND_STRIPS; i++) {
    blank.rectangle(first + (bendLength * i) / BEND_STRIPS, 0, first + (bendLength * (i + 1)) / BEND_STRIPS, width);
  }
  drillLeg(blank, rng, first + bendLength, -1, width);
  return sheet(blank, thickness, (u, v, offset) => bend(u, v, offset, { first, bendLength, bendRadius })).build();
}

/** Adds one leg from `start` on; `towardsBend` is 1 where the bend is at its far end. Returns where it ends. */
function drillLeg(blank: Blank, rng: Rng, start: number, towardsBend: 1 | -1, width: number): number {
  const holesAcross = width > 0.55 && chance(rng, 0.65) ? 2 : 1;
  const rows = chance(rng, 0.4) ? 2 : 1;
  const length = Math.max(between(rng, 0.55, 1), rows * 0.45);
  const radius = Math.min(between(rng, 0.07, 0.15), width / holesAcross / 2.6);
  const slot = holesAcross === 1 && width > 6 * radius && chance(rng, 0.4) ? radius * between(rng, 0.6, 1.4) : 0;
  const corner = chance(rng, 0.6) ? Math.min(between(rng, 0.06, 0.2), width * 0.35) : 0;
  const at = (fromFree: number) => (towardsBend === 1 ? start + fromFree : start + length - fromFree);
  const band = (from: number, to: number, fill: (u0: number, u1: number) => void) =>
    fill(Math.min(at(from), at(to)), Math.max(at(from), at(to)));

  if (corner > 0) addRoundedEnd(blank, at(0), at(corner), corner, width);
  const rowLength = (length - corner) / rows;
  for (let row = 0; row < rows; row++) {
    band(corner + row * rowLength, corner + (row + 1) * rowLength, (u0, u1) => {
      for (let k = 0; k < holesAcross; k++) {
        const [v0, v1] = [(width * k) / holesAcross, (width * (k + 1)) / holesAcross];
        blank.rectangleWithHole(u0, v0, u1, v1, Math.min(radius, rowLength / 2.6), slot);
      }
    });
  }
  return start + length;
}

/** The free end of a leg, `edge` to `inner`, with its two corners rounded off. */
function addRoundedEnd(blank: Blank, edge: number, inner: number, radius: number, width: number): void {
  const outward = Math.sign(edge - inner);
  const arc = (v: number, side: 1 | -1) =>
    Array.from({ length: CORNER_STEPS + 1 }, (_, i) => {
      const angle = ((i / CORNER_STEPS) * Math.PI) / 2;
      return [inner + outward * radius * Math.cos(angle), v + side * radius * Math.sin(angle)] as const;
    });
  const outline = [...arc(radius, -1).reverse(), ...arc(width - radius, 1)];
  blank.polygon(outward > 0 ? outline : outline.reverse());
}

/** Flat up to `first`, then round the bend, then straight again. The sheet keeps its width along y. */
function bend(
  u: number,
  v: number,
  offset: number,
  { first, bendLength, bendRadius }: { first: number; bendLength: number; bendRadius: number },
): Vector {
  if (u <= first) return [u - first, v, offset];
  const turned = Math.min(u - first, bendLength) / bendRadius;
  const radius = bendRadius - offset;
  const past = Math.max(0, u - first - bendLength);
  const x = radius * Math.sin(turned) + past * Math.cos(turned);
  const z = bendRadius - radius * Math.cos(turned) + past * Math.sin(turned);
  return [x, v, z];
}
