/** Shapes moved, stretched and bent. Nothing leaves the image: what would is held at its border. Units: image pixels. */

import { clipBox, type Size, sortCorners, type Xyxy } from '../../../native-models/geometry/box.ts';
import { type Mask, maskFromPart, maskPart } from '../../../native-models/geometry/mask.ts';
import {
  MIN_RING_NUMBERS,
  mapCorners,
  type Polygon,
  type PolygonPart,
  type Ring,
} from '../../../native-models/geometry/polygon.ts';
import { type Shape, shapeXyxy } from '../../../native-models/geometry/shape.ts';
import type { CornerPlace } from './hit.ts';

/** A side or corner of a box that can be pulled; `n` is the top. */
export type Handle = 'nw' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w';
export const HANDLES: readonly Handle[] = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'];

/** Where a handle of a box lies. */
export function handlePoint([x0, y0, x1, y1]: Xyxy, handle: Handle): readonly [x: number, y: number] {
  const x = handle.includes('w') ? x0 : handle.includes('e') ? x1 : (x0 + x1) / 2;
  const y = handle.includes('n') ? y0 : handle.includes('s') ? y1 : (y0 + y1) / 2;
  return [x, y];
}

/** The box with a handle pulled to a point; pulled past the other side, it turns over. */
export function pulled([x0, y0, x1, y1]: Xyxy, handle: Handle, [x, y]: readonly [number, number], size: Size): Xyxy {
  const next: Xyxy = [
    handle.includes('w') ? x : x0,
    handle.includes('n') ? y : y0,
    handle.includes('e') ? x : x1,
    handle.includes('s') ? y : y1,
  ];
  return clipBox(sortCorners(next), size);
}

/** The shape moved as far as the image lets it; a bitmap by whole pixels. */
export function moved(shape: Shape, dx: number, dy: number, size: Size): Shape {
  const [x, y] = heldInside(shapeXyxy(shape), dx, dy, size);
  switch (shape.kind) {
    case 'box': {
      const [x0, y0, x1, y1] = shape.xyxy;
      return { kind: 'box', xyxy: [x0 + x, y0 + y, x1 + x, y1 + y] };
    }
    case 'polygon':
      return { kind: 'polygon', polygon: mapCorners(shape.polygon, (cx, cy) => [cx + x, cy + y]) };
    case 'mask':
      return { kind: 'mask', mask: movedMask(shape.mask, Math.round(x), Math.round(y)) };
  }
}

function heldInside(
  [x0, y0, x1, y1]: Xyxy,
  dx: number,
  dy: number,
  { width, height }: Size,
): readonly [number, number] {
  const held = (by: number, low: number, high: number, side: number) =>
    Math.min(Math.max(by, Math.min(0, -low)), Math.max(0, side - high));
  return [held(dx, x0, x1, width), held(dy, y0, y1, height)];
}

/** By whole pixels, within the image. */
function movedMask(mask: Mask, dx: number, dy: number): Mask {
  const { xyxy, bitmap } = maskPart(mask);
  const [x0, y0, x1, y1] = xyxy;
  return maskFromPart(bitmap, [x0 + dx, y0 + dy, x1 + dx, y1 + dy], mask);
}

/** The shape stretched so that its box becomes another; null of a bitmap, which has no corners to stretch. */
export function stretched(shape: Shape, to: Xyxy): Shape | null {
  if (shape.kind === 'box') return { kind: 'box', xyxy: to };
  if (shape.kind === 'mask') return null;
  const [x0, y0, x1, y1] = shapeXyxy(shape);
  const [tx, ty] = [to[0], to[1]];
  const [sx, sy] = [(to[2] - tx) / (x1 - x0 || 1), (to[3] - ty) / (y1 - y0 || 1)];
  return {
    kind: 'polygon',
    polygon: mapCorners(shape.polygon, (x, y) => [tx + (x - x0) * sx, ty + (y - y0) * sy]),
  };
}

export function cornerMoved(polygon: Polygon, place: CornerPlace, x: number, y: number): Polygon {
  return withRing(polygon, place, (ring) => ring.with(2 * place.corner, x).with(2 * place.corner + 1, y));
}

/** A corner put on the edge that starts at `place`. */
export function cornerAdded(polygon: Polygon, place: CornerPlace, x: number, y: number): Polygon {
  return withRing(polygon, place, (ring) => ring.toSpliced(2 * (place.corner + 1), 0, x, y));
}

/** A hole with fewer than three corners goes, and so does a part; null when nothing is left. */
export function cornerRemoved(polygon: Polygon, place: CornerPlace): Polygon | null {
  const left = withRing(polygon, place, (ring) => ring.toSpliced(2 * place.corner, 2));
  const isRing = (ring: Ring) => ring.length >= MIN_RING_NUMBERS;
  const parts = left
    .filter(({ outline }) => isRing(outline))
    .map(({ outline, holes }) => ({ outline, holes: holes.filter(isRing) }));
  return parts.length === 0 ? null : parts;
}

function withRing(polygon: Polygon, { part, ring }: CornerPlace, change: (ring: number[]) => Ring): Polygon {
  const changed = ({ outline, holes }: PolygonPart): PolygonPart =>
    ring === 0
      ? { outline: change([...outline]), holes }
      : { outline, holes: holes.with(ring - 1, change([...holes[ring - 1]!])) };
  return polygon.with(part, changed(polygon[part]!));
}
