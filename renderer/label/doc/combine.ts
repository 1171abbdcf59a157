/** Objects made of objects: joined, cut out of each other, drawn another way. Units: image pixels. */

import polygonClipping, { type MultiPolygon } from 'polygon-clipping';
import type { Size } from '../../../native-models/geometry/box.ts';
import { combineMasks, type Mask, maskArea, uniteMasks } from '../../../native-models/geometry/mask.ts';
import { polygonOfMask } from '../../../native-models/geometry/outlines.ts';
import { nestRings, type Polygon, pairs, ringOfBox } from '../../../native-models/geometry/polygon.ts';
import { type Shape, type ShapeKind, shapeArea, shapeMask, shapeXyxy } from '../../../native-models/geometry/shape.ts';

export type Combination = 'join' | 'subtract' | 'intersect';

/**
 * The first shape joined with the others, without them, or where it meets all of them; null when nothing is left.
 * Where a bitmap is among them the result is one, else a polygon with exact edges.
 */
export function combined(
  combination: Combination,
  [first, ...others]: readonly [Shape, ...Shape[]],
  size: Size,
): Shape | null {
  const all = [first, ...others];
  const shape: Shape = all.some(({ kind }) => kind === 'mask')
    ? {
        kind: 'mask',
        mask: combinedMasks(
          combination,
          shapeMask(first, size),
          others.map((other) => shapeMask(other, size)),
        ),
      }
    : { kind: 'polygon', polygon: combinedPolygons(combination, first, others) };
  return shapeArea(shape) > 0 ? shape : null;
}

function combinedMasks(combination: Combination, first: Mask, others: readonly Mask[]): Mask {
  if (combination === 'join') return uniteMasks([first, ...others]);
  const decide = combination === 'subtract' ? (a: boolean, b: boolean) => a && !b : (a: boolean, b: boolean) => a && b;
  return others.reduce((left, other) => combineMasks(left, other, decide), first);
}

function combinedPolygons(combination: Combination, first: Shape, others: readonly Shape[]): Polygon {
  const [subject, ...clips] = [first, ...others].map(multiPolygonOf);
  const clip = {
    join: polygonClipping.union,
    subtract: polygonClipping.difference,
    intersect: polygonClipping.intersection,
  };
  return clip[combination](subject!, ...clips).map((rings) => {
    const [outline, ...holes] = rings.map((ring) => ring.slice(0, -1).flat()); // theirs repeat the first corner
    return { outline: outline!, holes };
  });
}

function multiPolygonOf(shape: Shape): MultiPolygon {
  if (shape.kind === 'polygon') return shape.polygon.map(({ outline, holes }) => [outline, ...holes].map(pairs));
  return [[pairs(ringOfBox(shapeXyxy(shape)))]];
}

/**
 * The shape drawn another way; null where nothing would be left. A polygon of a bitmap runs along its pixels, so that
 * filling it gives the bitmap back; a bitmap has the pixels that COCO's code gives a polygon.
 */
export function converted(shape: Shape, kind: ShapeKind, size: Size): Shape | null {
  if (shape.kind === kind) return shape;
  if (kind === 'box') return { kind, xyxy: shapeXyxy(shape) };
  if (kind === 'mask') {
    const mask = shapeMask(shape, size);
    return maskArea(mask) > 0 ? { kind, mask } : null;
  }
  if (shape.kind === 'mask') return { kind, polygon: polygonOfMask(shape.mask) };
  return { kind, polygon: nestRings([multiPolygonOf(shape)[0]![0]!.flat()]) };
}
