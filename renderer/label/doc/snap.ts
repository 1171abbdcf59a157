/** Corners put exactly on the edges of neighbours, so that objects that touch share their border. Units: image pixels. */

import { type Ring, ringOfBox, ringsOf } from '../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import type { Point } from './hit.ts';
import type { LabelDocument } from './label-document.ts';

/** A point on a neighbour's edge. */
export interface Snap {
  readonly at: Point;
  readonly ring: Ring;
  /** Which ring of which object it is. */
  readonly owner: string;
  /** The corner that the edge starts from, and how far along the edge, from 0 at that corner up to 1. */
  readonly corner: number;
  readonly along: number;
}

/**
 * The nearest point of an edge of another object within reach, a corner before what lies beside it; null where there is none.
 * `except`: an object that is no neighbour, as it is the one being drawn.
 */
export function snapTo(document: LabelDocument, [x, y]: Point, reach: number, except: number | null): Snap | null {
  const near = document.within([x - reach, y - reach, x + reach, y + reach]).filter(({ id }) => id !== except);
  const rings = near.flatMap(({ id, shape }) => ringsOfShape(shape).map((ring, i) => ({ ring, owner: `${id} ${i}` })));
  let corner: (Snap & { distance: number }) | null = null;
  let edge: (Snap & { distance: number }) | null = null;
  for (const { ring, owner } of rings) {
    for (let i = 0; i < ring.length / 2; i++) {
      const [from, to] = [cornerOf(ring, i), cornerOf(ring, i + 1)];
      const atCorner = Math.hypot(from[0] - x, from[1] - y);
      if (atCorner <= (corner?.distance ?? reach)) {
        corner = { at: from, ring, owner, corner: i, along: 0, distance: atCorner };
      }
      const along = alongSegment([x, y], from, to);
      const at: Point = [from[0] + along * (to[0] - from[0]), from[1] + along * (to[1] - from[1])];
      const distance = Math.hypot(at[0] - x, at[1] - y);
      if (along < 1 && distance <= (edge?.distance ?? reach)) edge = { at, ring, owner, corner: i, along, distance };
    }
  }
  return corner ?? edge;
}

/** Corners of the ring between two points of it, on the shorter of both ways; the points themselves are not among them. */
export function wayAlong(from: Snap, to: Snap): Point[] {
  if (from.owner !== to.owner) return [];
  const forth = between(from, to);
  const back = between(to, from).toReversed();
  return lengthOf([from.at, ...forth, to.at]) <= lengthOf([from.at, ...back, to.at]) ? forth : back;
}

/** In the order of the ring. */
function between(from: Snap, to: Snap): Point[] {
  const corners = from.ring.length / 2;
  const [start, end] = [from.corner + from.along, to.corner + to.along];
  const last = end > start ? end : end + corners;
  const way: Point[] = [];
  for (let i = Math.floor(start) + 1; i < last; i++) way.push(cornerOf(from.ring, i));
  return way;
}

function lengthOf(way: readonly Point[]): number {
  return way.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - way[i]![0], y - way[i]![1]), 0);
}

/** A bitmap's edge runs along pixels and is nobody's border. */
function ringsOfShape(shape: Shape): readonly Ring[] {
  if (shape.kind === 'polygon') return ringsOf(shape.polygon);
  if (shape.kind === 'mask') return [];
  return [ringOfBox(shape.xyxy)];
}

function cornerOf(ring: Ring, corner: number): Point {
  const at = 2 * (corner % (ring.length / 2));
  return [ring[at]!, ring[at + 1]!];
}

function alongSegment([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length2 = dx * dx + dy * dy;
  return length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length2));
}
