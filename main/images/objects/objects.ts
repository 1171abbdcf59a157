/** The objects of a picture on its way to a detector, and how they follow what is done to it. */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import { clipPolygon } from '../../../native-models/geometry/clip-polygon.ts';
import type { Mask } from '../../../native-models/geometry/mask.ts';
import {
  mapCorners,
  type Polygon,
  polygonArea,
  polygonXyxy,
  ringOfBox,
} from '../../../native-models/geometry/polygon.ts';
import { maskFromBox, maskFromPolygon } from '../../../native-models/geometry/rasterise.ts';
import type { Pixels } from '../pixels.ts';

export interface PictureObject {
  /** Class, from 0. */
  readonly label: number;
  /** In pixels of the picture, which the box may leave. */
  readonly xyxy: Xyxy;
  /** Its outline; null where the box is all there is. */
  readonly polygon: Polygon | null;
}

/** A picture, or a part of one, with the objects on it in its own pixels. */
export interface PictureWithObjects {
  readonly pixels: Pixels;
  readonly objects: readonly PictureObject[];
}

/** x' = xx x + xy y + x0, y' = yx x + yy y + y0. */
export interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/** First `first`, then `second`. */
export const composed = (second: Affine, first: Affine): Affine => ({
  xx: second.xx * first.xx + second.xy * first.yx,
  xy: second.xx * first.xy + second.xy * first.yy,
  x0: second.xx * first.x0 + second.xy * first.y0 + second.x0,
  yx: second.yx * first.xx + second.yy * first.yx,
  yy: second.yx * first.xy + second.yy * first.yy,
  y0: second.yx * first.x0 + second.yy * first.y0 + second.y0,
});

/** Errors: a bug where the map has no way back. */
export function inverted({ xx, xy, x0, yx, yy, y0 }: Affine): Affine {
  const area = xx * yy - xy * yx;
  if (area === 0) throw new RangeError('an affine map onto a line has no inverse');
  const [ixx, ixy, iyx, iyy] = [yy / area, -xy / area, -yx / area, xx / area];
  return { xx: ixx, xy: ixy, x0: -(ixx * x0 + ixy * y0), yx: iyx, yy: iyy, y0: -(iyx * x0 + iyy * y0) };
}

export const shift = (x0: number, y0: number): Affine => ({ xx: 1, xy: 0, x0, yx: 0, yy: 1, y0 });

export const moved = ({ xx, xy, x0, yx, yy, y0 }: Affine, x: number, y: number): readonly [number, number] => [
  xx * x + xy * y + x0,
  yx * x + yy * y + y0,
];

/** The smallest box round a box that has been moved; exact where nothing is turned. */
export function movedBox(map: Affine, [x0, y0, x1, y1]: Xyxy): Xyxy {
  const corners = [moved(map, x0, y0), moved(map, x1, y0), moved(map, x0, y1), moved(map, x1, y1)];
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

export interface KeptObjects {
  /** Of an object at least this share of its area is on the picture, or it is gone. */
  readonly leastShare: number;
  /** Both sides of what is left of a box are longer than this. */
  readonly leastSidePx: number;
}

/**
 * Objects after a map onto another picture, each cut off at its borders; those of which too little is left are gone.
 * The box of an object is the one round what is left of its moved outline, or of its moved box where it has none.
 */
export function movedObjects(
  objects: readonly PictureObject[],
  map: Affine,
  size: Size,
  { leastShare, leastSidePx }: KeptObjects,
): PictureObject[] {
  return objects.flatMap(({ label, xyxy, polygon }) => {
    const whole = mapCorners(polygon ?? asPolygon(xyxy), (x, y) => moved(map, x, y));
    const left = clipPolygon(whole, size);
    if (left.length === 0) return [];
    const [x0, y0, x1, y1] = polygonXyxy(left);
    const isLeft =
      x1 - x0 > leastSidePx && y1 - y0 > leastSidePx && polygonArea(left) / polygonArea(whole) >= leastShare;
    return isLeft ? [{ label, xyxy: [x0, y0, x1, y1] as const, polygon: polygon && left }] : [];
  });
}

/** The same objects some pixels further on. */
export function shiftedObjects(objects: readonly PictureObject[], x: number, y: number): PictureObject[] {
  return objects.map(({ label, xyxy: [x0, y0, x1, y1], polygon }) => ({
    label,
    xyxy: [x0 + x, y0 + y, x1 + x, y1 + y],
    polygon: polygon && mapCorners(polygon, (px, py) => [px + x, py + y]),
  }));
}

const asPolygon = (xyxy: Xyxy): Polygon => [{ outline: ringOfBox(xyxy), holes: [] }];

/** The pixels of an object, drawn as COCO draws them; those of its box where it has no outline. */
export const maskOf = ({ xyxy, polygon }: Pick<PictureObject, 'xyxy' | 'polygon'>, size: Size): Mask =>
  polygon === null ? maskFromBox(xyxy, size) : maskFromPolygon(polygon, size);
