/** Shapes as the outlines that formats of polygons hold. */

import type { Size } from '../../../native-models/geometry/box.ts';
import { intersectionArea } from '../../../native-models/geometry/box.ts';
import { contoursOf } from '../../../native-models/geometry/contours.ts';
import { bitmapFromMask, type Mask } from '../../../native-models/geometry/mask.ts';
import { outlinesOf } from '../../../native-models/geometry/outlines.ts';
import {
  nestRings,
  type Polygon,
  polygonXyxy,
  type Ring,
  ringOfBox,
  ringsOf,
} from '../../../native-models/geometry/polygon.ts';
import { maskFromPolygon } from '../../../native-models/geometry/rasterise.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import type { Losses } from '../losses.ts';

const BITMAPS_AS_OUTLINES = 'bitmaps are written as outlines of at most a hundred corners';

/** A shape as a polygon; of a bitmap its contours, as the specification's helper draws them. */
export function polygonOf(shape: Shape, size: Size, losses: Losses): Polygon {
  switch (shape.kind) {
    case 'box':
      return [{ outline: ringOfBox(shape.xyxy), holes: [] }];
    case 'polygon':
      return shape.polygon;
    case 'mask':
      losses.note(BITMAPS_AS_OUTLINES);
      return contoursOfMask(shape.mask, size);
  }
}

/** Rounding up may leave a thin contour no area; then the edges of its pixels count. */
function contoursOfMask(mask: Mask, size: Size): Polygon {
  const bitmap = bitmapFromMask(mask);
  const polygon = nestRings(contoursOf(bitmap, size));
  const [x0, y0, x1, y1] = polygonXyxy(polygon);
  return x1 > x0 && y1 > y0 ? polygon : nestRings(outlinesOf(bitmap, size));
}

/**
 * Rings that mean the same under the even-odd rule. Parts that overlap would cut each other out, so they are redrawn as one.
 */
export function evenOddRings(polygon: Polygon, size: Size, losses: Losses): readonly Ring[] {
  const boxes = polygon.map((part) => polygonXyxy([part]));
  const mayOverlap = boxes.some((box, i) => boxes.slice(i + 1).some((other) => intersectionArea(box, other) > 0));
  if (!mayOverlap) return ringsOf(polygon);
  const mask = maskFromPolygon(polygon, size);
  losses.note('objects have parts that may overlap, and are redrawn along the edges of their pixels');
  return outlinesOf(bitmapFromMask(mask), size);
}

/** One ring an object is all that some formats hold: each part becomes an object, holes are filled. */
export function singleRings(polygon: Polygon, losses: Losses): readonly Ring[] {
  if (polygon.length > 1) losses.note('objects of several parts are written as one object for each part');
  losses.note(
    'holes are filled',
    polygon.reduce((count, { holes }) => count + holes.length, 0),
  );
  return polygon.map(({ outline }) => outline);
}
