/**
 * The part of a polygon inside an image.
 * Source: Sutherland and Hodgman 1974, "Reentrant polygon clipping"; what a concave ring is cut into stays one ring, its
 * pieces joined along the border, which encloses no area.
 */

import type { Size } from './box.ts';
import { MIN_RING_NUMBERS, type Polygon, pairs, type Ring, signedRingArea, tidyRing } from './polygon.ts';

type Point = readonly [x: number, y: number];

/** Clipped to the image; parts and holes of which nothing is left are gone. */
export function clipPolygon(polygon: Polygon, { width, height }: Size): Polygon {
  const clip = (ring: Ring) => clipRing(ring, width, height);
  return polygon.flatMap(({ outline, holes }) => {
    const clipped = clip(outline);
    if (clipped === null) return [];
    return [{ outline: clipped, holes: holes.map(clip).filter((hole) => hole !== null) }];
  });
}

/** Null where nothing is left. */
function clipRing(ring: Ring, width: number, height: number): Ring | null {
  if (isInside(ring, width, height)) return ring;
  let points: readonly Point[] = pairs(ring);
  points = cut(points, ([x]) => x);
  points = cut(points, ([x]) => width - x);
  points = cut(points, ([, y]) => y);
  points = cut(points, ([, y]) => height - y);
  // Where an edge crosses the border is known to a rounding error, which may lie outside.
  const clipped = tidyRing(points.flatMap(([x, y]) => [within(x, width), within(y, height)]));
  return clipped.length < MIN_RING_NUMBERS || signedRingArea(clipped) === 0 ? null : clipped;
}

function isInside(ring: Ring, width: number, height: number): boolean {
  return ring.every((value, i) => value >= 0 && value <= (i % 2 === 0 ? width : height));
}

/** Keeps the side of a line where `distance` is not negative. */
function cut(points: readonly Point[], distance: (point: Point) => number): Point[] {
  return points.flatMap((point, i) => {
    const before = points.at(i - 1)!;
    const [from, to] = [distance(before), distance(point)];
    const crossing = from >= 0 !== to >= 0 ? [between(before, point, from / (from - to))] : [];
    return to >= 0 ? [...crossing, point] : crossing;
  });
}

function between([ax, ay]: Point, [bx, by]: Point, share01: number): Point {
  return [ax + share01 * (bx - ax), ay + share01 * (by - ay)];
}

const within = (value: number, side: number): number => Math.min(Math.max(value, 0), side);
