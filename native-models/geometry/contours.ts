/**
 * Masks as polygons the way the published helper of AutoML for Images does it: half a pixel lost or won at every edge, few
 * corners. `outlines.ts` is exact.
 * Source: product specification, section 3.7; contours as scikit-image's find_contours traces them (marching squares,
 * pixels that touch at a corner apart), simplified by Ramer 1972 and Douglas and Peucker 1973.
 */

import type { Size } from './box.ts';
import type { Ring } from './polygon.ts';

type Point = readonly [x: number, y: number];

export const MAX_POINTS = 100;
export const MAX_PASSES = 25;

/**
 * Rings of a mask whose ones are the non-zero values, holes among them; those of more corners than `mostPoints` are made
 * simpler. Shapes: bitmap [height, width], row by row.
 */
export function contoursOf(bitmap: ArrayLike<number>, size: Size, mostPoints: number = MAX_POINTS): Ring[] {
  return traceContours(bitmap, size).map((contour) =>
    simplify(contour, mostPoints).flatMap(([x, y]) => [Math.ceil(x), Math.ceil(y)]),
  );
}

/** Closed lines through the middles between ones and zeros, the last point the first again. */
function traceContours(bitmap: ArrayLike<number>, { width, height }: Size): Point[][] {
  const isSet = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && bitmap[y * width + x] !== 0;
  const next = new Map<string, Point>();
  const starts: Point[] = [];
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const corners =
        (isSet(x, y) ? 1 : 0) + (isSet(x + 1, y) ? 2 : 0) + (isSet(x, y + 1) ? 4 : 0) + (isSet(x + 1, y + 1) ? 8 : 0);
      for (const [from, to] of SEGMENTS[corners]!) {
        const start: Point = [x + from[0], y + from[1]];
        next.set(String(start), [x + to[0], y + to[1]]);
        starts.push(start);
      }
    }
  }
  return starts.flatMap((start) => (next.has(String(start)) ? [follow(start, next)] : []));
}

function follow(start: Point, next: Map<string, Point>): Point[] {
  const line = [start];
  for (let at = next.get(String(start)); at !== undefined; at = next.get(String(at))) {
    next.delete(String(line.at(-1)!));
    line.push(at);
  }
  return line;
}

const [TOP, LEFT, BOTTOM, RIGHT] = [
  [0.5, 0],
  [0, 0.5],
  [0.5, 1],
  [1, 0.5],
] as const;

/** The line inside a square of four pixels, ones on its left; the index is upper left + 2 upper right + 4 lower left + 8. */
const SEGMENTS: readonly (readonly (readonly [from: Point, to: Point])[])[] = [
  [],
  [[TOP, LEFT]],
  [[RIGHT, TOP]],
  [[RIGHT, LEFT]],
  [[LEFT, BOTTOM]],
  [[TOP, BOTTOM]],
  [
    [RIGHT, TOP],
    [LEFT, BOTTOM],
  ],
  [[RIGHT, BOTTOM]],
  [[BOTTOM, RIGHT]],
  [
    [TOP, LEFT],
    [BOTTOM, RIGHT],
  ],
  [[BOTTOM, TOP]],
  [[BOTTOM, LEFT]],
  [[LEFT, RIGHT]],
  [[TOP, RIGHT]],
  [[LEFT, TOP]],
  [],
];

/** Coarser and coarser until few points are left. A tolerance of 0 changes nothing, as in the helper. */
function simplify(contour: readonly Point[], mostPoints: number): readonly Point[] {
  let points = contour;
  for (let tolerance = 0; points.length > mostPoints && tolerance < MAX_PASSES; tolerance++) {
    if (tolerance > 0) points = approximate(points, tolerance);
  }
  return points;
}

/** Ramer-Douglas-Peucker on a closed line, whose first point stays. */
function approximate(points: readonly Point[], tolerance: number): Point[] {
  const isKept = new Uint8Array(points.length);
  isKept[0] = 1;
  isKept[points.length - 1] = 1;
  const spans: [from: number, to: number][] = [[0, points.length - 1]];
  while (spans.length > 0) {
    const [from, to] = spans.pop()!;
    const { index, distance } = farthest(points, from, to);
    if (distance <= tolerance) continue;
    isKept[index] = 1;
    spans.push([from, index], [index, to]);
  }
  return points.filter((_, i) => isKept[i] === 1);
}

function farthest(points: readonly Point[], from: number, to: number): { index: number; distance: number } {
  let found = { index: from, distance: -1 };
  for (let index = from + 1; index < to; index++) {
    const distance = distanceToSegment(points[index]!, points[from]!, points[to]!);
    if (distance > found.distance) found = { index, distance };
  }
  return found;
}

function distanceToSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / lengthSquared;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}
