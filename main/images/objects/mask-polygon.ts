/**
 * Masks as the outlines that scoring answers with.
 * Source: product specification, sections 3.7 (how outlines are made) and 16.5 (fractions of the picture's sides).
 */

import { contoursOf } from '../../../native-models/geometry/contours.ts';
import { type Mask, maskPart } from '../../../native-models/geometry/mask.ts';
import type { Ring } from '../../../native-models/geometry/polygon.ts';

/** In pixels; a ring inside another is a hole. None for a mask of nothing. */
export function ringsOfMask(mask: Mask, mostPoints: number): Ring[] {
  const { xyxy, bitmap } = maskPart(mask);
  const [x0, y0, x1, y1] = xyxy;
  const rings = contoursOf(bitmap, { width: x1 - x0, height: y1 - y0 }, mostPoints);
  return rings.map((ring) => ring.map((value, i) => value + (i % 2 === 0 ? x0 : y0)));
}

/** The same in fractions of the picture's sides. */
export function polygonInFractions(mask: Mask, mostPoints: number): number[][] {
  return ringsOfMask(mask, mostPoints).map((ring) =>
    ring.map((value, i) => value / (i % 2 === 0 ? mask.width : mask.height)),
  );
}
