import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { boxIou, type Xywh, xywhFromXyxy, xyxyFromXywh } from '../../../native-models/geometry/box.ts';
import {
  bitmapFromMask,
  combineMasks,
  maskArea,
  maskFromBitmap,
  maskXyxy,
  sharedPixels,
  uniteMasks,
} from '../../../native-models/geometry/mask.ts';
import { countsFromText, countsToText } from '../../../native-models/geometry/mask-text.ts';
import { maskFromPolygon, maskFromRing } from '../../../native-models/geometry/rasterise.ts';
import { iouOf } from '../../kit/rasters.ts';

interface Measured {
  readonly counts: number[];
  readonly text: string;
  readonly area: number;
  readonly xywh: Xywh;
}

interface Fixtures {
  readonly rings: readonly (Measured & { width: number; height: number; ring: number[] })[];
  readonly pairs: readonly {
    readonly width: number;
    readonly height: number;
    readonly bits: readonly [string, string];
    readonly first: Measured;
    readonly second: Measured;
    readonly iou: number;
    readonly crowd_iou: number;
    readonly union: number[];
    readonly intersection: number[];
  }[];
  readonly boxes: readonly { detection: Xywh; truth: Xywh; iou: number; crowd_iou: number }[];
  readonly text: { readonly counts: number[]; readonly text: string };
}

/** Made by the published C code: test/fixtures/coco-masks/make-fixtures.py. */
const fixtures: Fixtures = JSON.parse(
  readFileSync(new URL('../../fixtures/coco-masks/masks.json', import.meta.url), 'utf8'),
);

describe("equal to COCO's mask code", () => {
  test('polygons are drawn pixel for pixel, outside the image and closed twice as well', () => {
    for (const { ring, width, height, counts } of fixtures.rings) {
      expect(maskFromRing(ring, { width, height }).counts).toEqual(counts);
      expect(maskArea(maskFromPolygon([{ outline: ring, holes: [] }], { width, height }))).toBe(
        maskArea({ width, height, counts }),
      );
    }
  });

  test('area, bounds and compressed text', () => {
    for (const { counts, text, area, xywh, width, height } of fixtures.rings) {
      const mask = { width, height, counts };

      expect(maskArea(mask)).toBe(area);
      expect(xywhFromXyxy(maskXyxy(mask))).toEqual(area === 0 ? [0, 0, 0, 0] : xywh);
      expect(countsToText(counts)).toBe(text);
      expect(countsFromText(text)).toEqual(counts);
    }
    expect(countsToText(fixtures.text.counts)).toBe(fixtures.text.text);
    expect(countsFromText(fixtures.text.text)).toEqual(fixtures.text.counts);
  });

  test('bitmaps, unions, intersections and IoU, with a crowd and without', () => {
    for (const pair of fixtures.pairs) {
      const size = { width: pair.width, height: pair.height };
      const [first, second] = pair.bits.map((bits) => maskFromBitmap([...bits].map(Number), size)) as [
        ReturnType<typeof maskFromBitmap>,
        ReturnType<typeof maskFromBitmap>,
      ];

      expect([first.counts, second.counts]).toEqual([pair.first.counts, pair.second.counts]);
      expect([...bitmapFromMask(first)].join('')).toBe(pair.bits[0]);
      expect(uniteMasks([first, second]).counts).toEqual(pair.union);
      expect(combineMasks(first, second, (a, b) => a && b).counts).toEqual(pair.intersection);
      expect(iouOf(first, second)).toBe(pair.iou);
      expect(sharedPixels(first, second)).toBeCloseTo(pair.crowd_iou * maskArea(first), 9);
    }
  });

  test('IoU of boxes', () => {
    for (const { detection, truth, iou } of fixtures.boxes) {
      expect(boxIou(xyxyFromXywh(detection), xyxyFromXywh(truth))).toBeCloseTo(iou, 12);
    }
  });
});

describe('text that holds no runs', () => {
  test.each(['~', 'a', 'oooooooooo', '0 0', 'O'])('%j is refused', (text) => {
    expect(countsFromText(text)).toBeNull();
  });
});
