/** Whether a point lies on a shape, as an eye would judge it: inside, or near enough to its edge. */

import type { Xyxy } from '../../../native-models/geometry/box.ts';
import type { Mask } from '../../../native-models/geometry/mask.ts';
import { isInPolygon, type Polygon, type Ring, ringsOf } from '../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';

/** Where a corner is in a polygon. `ring`: 0 for the outline, then its holes; `corner`: its number in the ring. */
export interface CornerPlace {
  readonly part: number;
  readonly ring: number;
  readonly corner: number;
}

/** Units: image pixels; `reach` is how far beside an edge still counts as on it. */
export function isOnShape(shape: Shape, x: number, y: number, reach: number): boolean {
  switch (shape.kind) {
    case 'box':
      return isInBox(shape.xyxy, x, y, reach);
    case 'polygon':
      return isInPolygon(shape.polygon, x, y) || nearestEdge(shape.polygon, x, y, reach) !== null;
    case 'mask':
      return isInMask(shape.mask, Math.floor(x), Math.floor(y));
  }
}

const isInBox = ([x0, y0, x1, y1]: Xyxy, x: number, y: number, reach: number): boolean =>
  x >= x0 - reach && x <= x1 + reach && y >= y0 - reach && y <= y1 + reach;

function isInMask({ width, height, counts }: Mask, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= width || y >= height) return false;
  const at = x * height + y;
  let end = 0;
  const run = counts.findIndex((count) => {
    end += count;
    return at < end;
  });
  return run % 2 === 1;
}

/** The corner nearest to a point within reach; null where there is none. */
export function nearestCorner(polygon: Polygon, x: number, y: number, reach: number): CornerPlace | null {
  let best: CornerPlace | null = null;
  let least = reach;
  eachRing(polygon, (ring, part, index) => {
    for (let corner = 0; corner < ring.length / 2; corner++) {
      const distance = Math.hypot(ring[2 * corner]! - x, ring[2 * corner + 1]! - y);
      if (distance <= least) [least, best] = [distance, { part, ring: index, corner }];
    }
  });
  return best;
}

/** The edge nearest to a point within reach, by the corner it starts from; null where there is none. */
export function nearestEdge(polygon: Polygon, x: number, y: number, reach: number): CornerPlace | null {
  let best: CornerPlace | null = null;
  let least = reach;
  eachRing(polygon, (ring, part, index) => {
    const corners = ring.length / 2;
    for (let corner = 0; corner < corners; corner++) {
      const next = (corner + 1) % corners;
      const distance = distanceToSegment(
        [x, y],
        [ring[2 * corner]!, ring[2 * corner + 1]!],
        [ring[2 * next]!, ring[2 * next + 1]!],
      );
      if (distance <= least) [least, best] = [distance, { part, ring: index, corner }];
    }
  });
  return best;
}

function eachRing(polygon: Polygon, visit: (ring: Ring, part: number, index: number) => void): void {
  polygon.forEach((one, part) => {
    ringsOf([one]).forEach((ring, index) => {
      visit(ring, part, index);
    });
  });
}

export type Point = readonly [x: number, y: number];

/** Units: those of the points. */
export function distanceToSegment([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length2));
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}
