/** Solids made of rings: turned and milled parts are a stack of closed outlines joined by walls. */

import { MeshBuilder } from './mesh.ts';
import type { Vector } from './vector.ts';

/** One outline about the z axis, counter-clockwise seen from above. All rings of a loft have the same number of points. */
export type Ring = readonly Vector[];

/** Angles of `count` evenly spaced points, beginning on the positive x axis. */
export const evenAngles = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => (2 * Math.PI * i) / count);

/** A ring from a radius per angle and a height per angle. */
export function ring(
  angles: readonly number[],
  radius: (angleRad: number, index: number) => number,
  height: number | ((angleRad: number, index: number) => number),
): Ring {
  return angles.map((angle, i) => {
    const r = radius(angle, i);
    return [r * Math.cos(angle), r * Math.sin(angle), typeof height === 'number' ? height : height(angle, i)];
  });
}

/** Distance from the centre to the side of a regular polygon, whose flats are `apothem` away from it. */
export function polygonRadius(sides: number, apothem: number, angleRad: number): number {
  const sector = (2 * Math.PI) / sides;
  const fromCorner = ((angleRad % sector) + sector) % sector;
  return apothem / Math.cos(fromCorner - sector / 2);
}

/**
 * Joins rings into a wall. The order of the rings goes up the outside, so that faces look outwards: bottom to top along
 * the outer wall, inwards over the top, down the bore. With `ends: 'joined'` the last ring meets the first (a part with
 * a bore); with `'capped'` both ends are closed at their middle.
 */
export function loft(rings: readonly Ring[], ends: 'joined' | 'capped', into = new MeshBuilder()): MeshBuilder {
  const indices = rings.map((points) => points.map((point) => into.vertex(point)));
  const pairs = ends === 'joined' ? rings.length : rings.length - 1;
  for (let k = 0; k < pairs; k++) joinRings(into, indices[k]!, indices[(k + 1) % rings.length]!);
  if (ends === 'capped') {
    cap(into, rings[0]!, indices[0]!, 'below');
    cap(into, rings.at(-1)!, indices.at(-1)!, 'above');
  }
  return into;
}

function joinRings(into: MeshBuilder, below: readonly number[], above: readonly number[]): void {
  for (let i = 0; i < below.length; i++) {
    const next = (i + 1) % below.length;
    into.quad(below[i]!, below[next]!, above[next]!, above[i]!);
  }
}

function cap(into: MeshBuilder, points: Ring, indices: readonly number[], side: 'below' | 'above'): void {
  const mean = (axis: 0 | 1 | 2) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const middle = into.vertex([mean(0), mean(1), mean(2)]);
  for (let i = 0; i < indices.length; i++) {
    const next = (i + 1) % indices.length;
    if (side === 'above') into.triangle(indices[i]!, indices[next]!, middle);
    else into.triangle(indices[next]!, indices[i]!, middle);
  }
}
