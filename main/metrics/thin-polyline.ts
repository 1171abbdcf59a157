/** Fewer points for the same picture. */

export type Point = readonly [x: number, y: number];

/** Points nearer to the line than this are on it: far below a pixel, far above rounding. The axes run from 0 to 1. */
const ON_THE_LINE = 1e-12;

/** A stretch of the line drawn straight from `first` to `last`, and its point farthest from there. */
interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly farthest: number;
  readonly distance: number;
}

/**
 * At most `limit` of the points, first and last included. All corners are kept where they fit; beyond that always the
 * corner is added that lies farthest from the line drawn so far.
 * Source: Ramer 1972, Douglas and Peucker 1973, with the largest deviation first.
 */
export function thinPolyline(points: readonly Point[], limit: number): Point[] {
  if (points.length <= 2) return [...points];
  const kept = new Set([0, points.length - 1]);
  const stretches = [stretchOf(points, 0, points.length - 1)];
  while (kept.size < limit) {
    const index = indexOfLargest(stretches);
    const { first, last, farthest, distance } = stretches[index]!;
    if (distance <= ON_THE_LINE) break;
    kept.add(farthest);
    stretches[index] = stretchOf(points, first, farthest);
    stretches.push(stretchOf(points, farthest, last));
  }
  return [...kept].sort((a, b) => a - b).map((index) => points[index]!);
}

function indexOfLargest(stretches: readonly Stretch[]): number {
  let best = 0;
  for (let i = 1; i < stretches.length; i++) if (stretches[i]!.distance > stretches[best]!.distance) best = i;
  return best;
}

function stretchOf(points: readonly Point[], first: number, last: number): Stretch {
  let farthest = first;
  let distance = 0;
  for (let i = first + 1; i < last; i++) {
    const d = distanceToSegment(points[i]!, points[first]!, points[last]!);
    if (d > distance) [farthest, distance] = [i, d];
  }
  return { first, last, farthest, distance };
}

/** Distance from a point to the straight piece from `a` to `b`. */
export function distanceToSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / lengthSquared;
  const clamped = Math.min(Math.max(along, 0), 1);
  return Math.hypot(x - ax - clamped * dx, y - ay - clamped * dy);
}
