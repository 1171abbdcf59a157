/**
 * Polygons in image pixels: several parts, each one outline with any number of holes. A ring is `x, y, x, y …`, its last
 * corner joins its first, and the direction it runs in means nothing.
 */

import type { Xyxy } from './box.ts';

export type Ring = readonly number[];

export interface PolygonPart {
  readonly outline: Ring;
  readonly holes: readonly Ring[];
}

export type Polygon = readonly PolygonPart[];

/** Fewer than three corners enclose nothing. */
export const MIN_RING_NUMBERS = 6;

/** The four corners of a box, clockwise on the screen. */
export const ringOfBox = ([x0, y0, x1, y1]: Xyxy): Ring => [x0, y0, x1, y0, x1, y1, x0, y1];

/** Positive where the ring runs clockwise on the screen, since y points down. Units: square pixels. */
export function signedRingArea(ring: Ring): number {
  let doubled = 0;
  let [x, y] = [ring.at(-2)!, ring.at(-1)!];
  for (let i = 0; i < ring.length; i += 2) {
    doubled += x * ring[i + 1]! - ring[i]! * y;
    x = ring[i]!;
    y = ring[i + 1]!;
  }
  return doubled / 2;
}

/** Outlines without holes. The parts are taken as they are: where two overlap, that counts twice. */
export function polygonArea(polygon: Polygon): number {
  const areaOf = (ring: Ring) => Math.abs(signedRingArea(ring));
  return polygon.reduce((sum, { outline, holes }) => {
    return sum + areaOf(outline) - holes.reduce((cut, hole) => cut + areaOf(hole), 0);
  }, 0);
}

/** The smallest box round all outlines. */
export function polygonXyxy(polygon: Polygon): Xyxy {
  return ringsXyxy(polygon.map(({ outline }) => outline));
}

/** The smallest box round all rings. */
export function ringsXyxy(rings: readonly Ring[]): Xyxy {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      x0 = Math.min(x0, ring[i]!);
      x1 = Math.max(x1, ring[i]!);
      y0 = Math.min(y0, ring[i + 1]!);
      y1 = Math.max(y1, ring[i + 1]!);
    }
  }
  return [x0, y0, x1, y1];
}

/** Whether a point lies in a part and in none of its holes; points on an edge fall to one side or the other. */
export function isInPolygon(polygon: Polygon, x: number, y: number): boolean {
  return polygon.some(({ outline, holes }) => isInRing(outline, x, y) && !holes.some((hole) => isInRing(hole, x, y)));
}

/** Whether a point lies in a ring, by counting the edges to its right (even-odd rule). */
export function isInRing(ring: Ring, x: number, y: number): boolean {
  let isInside = false;
  let [px, py] = [ring.at(-2)!, ring.at(-1)!];
  for (let i = 0; i < ring.length; i += 2) {
    const qx = ring[i]!;
    const qy = ring[i + 1]!;
    if (py > y !== qy > y && x < px + ((y - py) / (qy - py)) * (qx - px)) isInside = !isInside;
    px = qx;
    py = qy;
  }
  return isInside;
}

/** The same polygon with every corner moved. */
export function mapCorners(polygon: Polygon, move: (x: number, y: number) => readonly [number, number]): Polygon {
  const moveRing = (ring: Ring) => pairs(ring).flatMap(([x, y]) => move(x, y));
  return polygon.map(({ outline, holes }) => ({ outline: moveRing(outline), holes: holes.map(moveRing) }));
}

/** Every ring, each part's outline before its holes. */
export const ringsOf = (polygon: Polygon): Ring[] => polygon.flatMap(({ outline, holes }) => [outline, ...holes]);

/** Each ring a part of its own. */
export const partsFromRings = (rings: readonly Ring[]): Polygon => rings.map((outline) => ({ outline, holes: [] }));

/**
 * The parts that rings enclose under the even-odd rule: a ring inside an outline is a hole, one inside a hole a part
 * again. Rings that cross each other are parts of their own.
 */
export function nestRings(rings: readonly Ring[]): Polygon {
  const parentsOf = rings.map((ring) =>
    rings.flatMap((other, i) => (other !== ring && isWithin(ring, other) ? [i] : [])),
  );
  const depth = (i: number) => parentsOf[i]!.length;
  const isHole = (i: number) => depth(i) % 2 === 1;
  const holesOf = (i: number) =>
    rings.filter((_, j) => isHole(j) && depth(j) === depth(i) + 1 && parentsOf[j]!.includes(i));
  return rings.flatMap((outline, i) => (isHole(i) ? [] : [{ outline, holes: holesOf(i) }]));
}

/** Without corners that repeat the one before them, and without a last one that repeats the first. */
export function tidyRing(ring: Ring): Ring {
  const corners = pairs(ring);
  const isSame = (a: readonly number[], b: readonly number[]) => a[0] === b[0] && a[1] === b[1];
  const kept = corners.filter((corner, i) => i === 0 || !isSame(corner, corners[i - 1]!));
  while (kept.length > 1 && isSame(kept[0]!, kept.at(-1)!)) kept.pop();
  return kept.length === corners.length ? ring : kept.flat();
}

/** Corners of a ring as pairs. */
export function pairs(ring: Ring): [x: number, y: number][] {
  return Array.from({ length: Math.floor(ring.length / 2) }, (_, i) => [ring[2 * i]!, ring[2 * i + 1]!]);
}

/** Whether all of a ring lies in another: no corner outside, and, where all touch the edge, the smaller area. */
function isWithin(inner: Ring, outer: Ring): boolean {
  if (Math.abs(signedRingArea(inner)) >= Math.abs(signedRingArea(outer))) return false;
  const corners = pairs(inner);
  return corners.every(([x, y], i) => {
    const [nx, ny] = corners[(i + 1) % corners.length]!;
    return isInOrOn(outer, x, y) && isInOrOn(outer, (x + nx) / 2, (y + ny) / 2);
  });
}

function isInOrOn(ring: Ring, x: number, y: number): boolean {
  if (isInRing(ring, x, y)) return true;
  const corners = pairs(ring);
  return corners.some(([px, py], i) => {
    const [qx, qy] = corners[(i + 1) % corners.length]!;
    const cross = (qx - px) * (y - py) - (qy - py) * (x - px);
    const isBetween = (x - px) * (x - qx) <= 0 && (y - py) * (y - qy) <= 0;
    return cross === 0 && isBetween;
  });
}
