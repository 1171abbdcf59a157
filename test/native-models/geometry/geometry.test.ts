import { describe, expect, test } from 'vitest';
import { rngFrom } from '../../../native-models/core/rng.ts';
import {
  boxArea,
  boxIou,
  clipBox,
  cxcywhFromXyxy,
  joinBoxes,
  sortCorners,
  toFractions,
  toPixels,
  type Xyxy,
  xywhFromXyxy,
  xyxyFromCxcywh,
  xyxyFromXywh,
} from '../../../native-models/geometry/box.ts';
import { clipPolygon } from '../../../native-models/geometry/clip-polygon.ts';
import { contoursOf } from '../../../native-models/geometry/contours.ts';
import { bitmapFromMask, maskArea, maskXyxy } from '../../../native-models/geometry/mask.ts';
import { outlinesOf } from '../../../native-models/geometry/outlines.ts';
import {
  isInPolygon,
  nestRings,
  type Polygon,
  polygonArea,
  polygonXyxy,
  ringsOf,
  signedRingArea,
  tidyRing,
} from '../../../native-models/geometry/polygon.ts';
import { maskFromBox, maskFromPolygon } from '../../../native-models/geometry/rasterise.ts';

const square = (x0: number, y0: number, side: number) => [x0, y0, x0 + side, y0, x0 + side, y0 + side, x0, y0 + side];

describe('boxes', () => {
  test('every form leads back to the same corners', () => {
    const box: Xyxy = [2, 3, 12, 7];
    const size = { width: 64, height: 32 };

    expect(xyxyFromXywh(xywhFromXyxy(box))).toEqual(box);
    expect(xyxyFromCxcywh(cxcywhFromXyxy(box))).toEqual(box);
    expect(toPixels(toFractions(box, size), size)).toEqual(box);
    expect(sortCorners([12, 3, 2, 7])).toEqual(box);
  });

  test('clipping leaves the part inside, and no area beside the image', () => {
    const size = { width: 10, height: 8 };

    expect(clipBox([-3, 2, 4, 20], size)).toEqual([0, 2, 4, 8]);
    expect(boxArea(clipBox([11, 0, 15, 8], size))).toBe(0);
  });

  test('overlap by hand: 4 of 28 shared', () => {
    const [a, b]: [Xyxy, Xyxy] = [
      [0, 0, 4, 4],
      [2, 2, 6, 6],
    ];

    expect(boxIou(a, b)).toBe(4 / 28);
    expect(boxIou(a, [4, 0, 8, 4])).toBe(0);
    expect(joinBoxes(a, b)).toEqual([0, 0, 6, 6]);
  });
});

describe('polygons', () => {
  const frame: Polygon = [{ outline: square(0, 0, 10), holes: [square(2, 2, 4)] }];

  test('area, bounds and points take holes into account', () => {
    expect(polygonArea(frame)).toBe(84);
    expect(polygonXyxy(frame)).toEqual([0, 0, 10, 10]);
    expect(isInPolygon(frame, 1, 1)).toBe(true);
    expect(isInPolygon(frame, 3, 3)).toBe(false);
    expect(signedRingArea(square(0, 0, 2))).toBe(4);
    expect(signedRingArea([0, 0, 0, 2, 2, 2, 2, 0])).toBe(-4);
  });

  test('rings nest: a hole in its outline, an island in the hole, a neighbour beside them, in any order', () => {
    const [outer, hole, island, beside] = [square(0, 0, 10), square(1, 1, 8), square(3, 3, 2), square(20, 0, 3)];

    const nested = nestRings([hole, island, beside, outer]);

    expect(new Set(nested)).toEqual(
      new Set([
        { outline: island, holes: [] },
        { outline: beside, holes: [] },
        { outline: outer, holes: [hole] },
      ]),
    );
    expect(nestRings(ringsOf(nested))).toHaveLength(3);
  });

  test('rings that cross, or are the same twice, stay parts of their own', () => {
    expect(nestRings([square(0, 0, 4), square(2, 2, 4)])).toHaveLength(2);
    expect(nestRings([square(0, 0, 4), square(0, 0, 4)])).toHaveLength(2);
  });

  test('a hole that touches the outline is a hole', () => {
    expect(nestRings([square(0, 0, 6), square(0, 1, 3)])).toHaveLength(1);
  });

  test('repeated corners go, the closing one included', () => {
    expect(tidyRing([0, 0, 4, 0, 4, 0, 4, 4, 0, 0])).toEqual([0, 0, 4, 0, 4, 4].slice(0, 6));
  });

  test('clipping keeps what is inside, drops parts and holes outside', () => {
    const polygon: Polygon = [
      { outline: square(-5, -5, 10), holes: [square(-4, -4, 2), square(1, 1, 2)] },
      { outline: square(100, 100, 5), holes: [] },
    ];

    const clipped = clipPolygon(polygon, { width: 20, height: 20 });

    expect(clipped).toHaveLength(1);
    expect(polygonXyxy(clipped)).toEqual([0, 0, 5, 5]);
    expect(polygonArea(clipped)).toBe(25 - 4);
  });

  test('clipping is the identity inside, and never leaves the image', () => {
    const rng = rngFrom(4);
    const size = { width: 30, height: 20 };
    for (let round = 0; round < 50; round++) {
      const outline = Array.from({ length: 10 }, (_, i) => (rng.uniform() * 2 - 0.5) * (i % 2 === 0 ? 30 : 20));
      const [x0, y0, x1, y1] = polygonXyxy(clipPolygon([{ outline, holes: [] }], size));
      if (x0 === Infinity) continue;
      expect([x0 >= 0, y0 >= 0, x1 <= 30, y1 <= 20]).toEqual([true, true, true, true]);
    }
    const inside: Polygon = [{ outline: square(1, 1, 5), holes: [] }];
    expect(clipPolygon(inside, size)[0]!.outline).toBe(inside[0]!.outline);
  });
});

describe('polygons as masks', () => {
  test('a box on whole pixels is filled exactly, a hole left out', () => {
    const size = { width: 9, height: 7 };

    expect(maskArea(maskFromBox([2, 1, 7, 5], size))).toBe(20);
    expect(maskXyxy(maskFromBox([2, 1, 7, 5], size))).toEqual([2, 1, 7, 5]);
    expect(maskArea(maskFromPolygon([{ outline: square(0, 0, 6), holes: [square(2, 2, 2)] }], size))).toBe(32);
    expect(maskArea(maskFromPolygon([], size))).toBe(0);
  });

  test('the exact outlines of any mask draw that mask again', () => {
    const rng = rngFrom(9);
    const size = { width: 14, height: 11 };
    for (const density of [0.2, 0.5, 0.8, 1]) {
      const bits = Uint8Array.from({ length: 14 * 11 }, () => (rng.uniform() < density ? 1 : 0));

      expect(bitmapFromMask(maskFromPolygon(nestRings(outlinesOf(bits, size)), size))).toEqual(bits);
    }
  });
});

describe("the published helper's contours", () => {
  test('a block of pixels, by hand: half a pixel round it, rounded up', () => {
    const bits = [0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0];

    const [ring] = contoursOf(bits, { width: 4, height: 4 });

    expect(polygonXyxy([{ outline: ring!, holes: [] }])).toEqual([1, 1, 3, 3]);
    expect(ring!.slice(0, 2)).toEqual(ring!.slice(-2));
  });

  test('pieces that touch at a corner are apart, a hole is a contour, and the edge of the image is closed', () => {
    expect(contoursOf([1, 0, 0, 1], { width: 2, height: 2 })).toHaveLength(2);
    expect(contoursOf([1, 1, 1, 1, 0, 1, 1, 1, 1], { width: 3, height: 3 })).toHaveLength(2);
    expect(contoursOf([0, 0, 0, 0], { width: 2, height: 2 })).toEqual([]);
  });

  test('a round shape ends with at most 100 points and nearly its own area', () => {
    const size = { width: 200, height: 200 };
    const bits = Uint8Array.from({ length: 200 * 200 }, (_, i) =>
      Math.hypot((i % 200) - 99.5, Math.floor(i / 200) - 99.5) < 80 ? 1 : 0,
    );

    const rings = contoursOf(bits, size);

    expect(rings).toHaveLength(1);
    expect(rings[0]!.length).toBeLessThanOrEqual(200);
    expect(Math.abs(signedRingArea(rings[0]!)) / (Math.PI * 80 * 80)).toBeCloseTo(1, 1);
  });
});
