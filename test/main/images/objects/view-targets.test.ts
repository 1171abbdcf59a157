import { describe, expect, test } from 'vitest';
import { placedObjects } from '../../../../main/images/objects/canvas-view.ts';
import type { PictureObject } from '../../../../main/images/objects/objects.ts';
import { targetsOfView } from '../../../../main/images/objects/view-targets.ts';
import type { Targets, TargetValues, Truth } from '../../../../native-models/detection/truth.ts';
import { bitmapFromMask, maskArea, maskFromBitmap } from '../../../../native-models/geometry/mask.ts';
import { polygonOfMask } from '../../../../native-models/geometry/outlines.ts';
import { type Polygon, polygonXyxy } from '../../../../native-models/geometry/polygon.ts';
import { maskFromBox, maskFromPolygon } from '../../../../native-models/geometry/rasterise.ts';

const SIZE = { width: 60, height: 40 };
const ORDER = { fed: [], hasMasks: true, most: 10, seed: 1, model: '', classes: 1, params: {} };
const TWO_PARTS: Polygon = [
  { outline: [5, 4, 30, 6, 28, 30, 8, 26], holes: [[12, 10, 20, 10, 20, 18, 12, 18]] },
  { outline: [40, 20, 56, 22, 50, 36], holes: [] },
];

/** What a detector would be told of these objects on a canvas. */
function truthOf(objects: readonly PictureObject[], canvas = SIZE): Truth {
  let told: Truth | null = null;
  const targets: Targets = {
    canvas,
    fed: [],
    of: (truth): TargetValues => {
      told = truth;
      return new Map();
    },
  };
  targetsOfView(targets, objects, ORDER, { epoch: 1, index: 0 });
  return told!;
}

const objectOf = (polygon: Polygon): PictureObject => ({ label: 0, xyxy: polygonXyxy(polygon), polygon });

describe('the masks that a detector learns from', () => {
  test("are COCO's pixels of parts and holes, those of the box where an object has no outline", () => {
    const box: PictureObject = { label: 2, xyxy: [3, 4, 20, 30], polygon: null };

    const { masks, labels } = truthOf([objectOf(TWO_PARTS), box]);

    expect(masks).toEqual([maskFromPolygon(TWO_PARTS, SIZE), maskFromBox(box.xyxy, SIZE)]);
    expect([...labels]).toEqual([0, 2]);
  });

  test('of a bitmap are the bitmap', () => {
    const bitmap = bitmapFromMask(maskFromPolygon(TWO_PARTS, SIZE));
    for (const at of [0, 61, 122, SIZE.width - 1, bitmap.length - 1]) bitmap[at] = 1;
    const mask = maskFromBitmap(bitmap, SIZE);

    expect(truthOf([objectOf(polygonOfMask(mask))]).masks).toEqual([mask]);
  });

  test('follow the pixels when a picture is mirrored and cut, their boxes with them', () => {
    const mask = maskFromPolygon(TWO_PARTS, SIZE);
    const crop = { x: 10, y: 5, w: 45, h: 30 };
    const placement = { crop, paste: { x: 2, y: 1, w: 45, h: 30 }, isMirrored: true };
    const canvas = { width: 64, height: 32 };

    const moved = placedObjects([objectOf(polygonOfMask(mask))], placement, { leastShare: 0, leastSidePx: 0 });
    const { masks, boxes } = truthOf(moved, canvas);

    const [before, after] = [bitmapFromMask(mask), bitmapFromMask(masks![0]!)];
    const expected = Uint8Array.from({ length: canvas.width * canvas.height }, (_, i) => {
      const [x, y] = [(i % canvas.width) - placement.paste.x, Math.floor(i / canvas.width) - placement.paste.y];
      if (x < 0 || y < 0 || x >= crop.w || y >= crop.h) return 0;
      return before[(crop.y + y) * SIZE.width + crop.x + crop.w - 1 - x]!;
    });
    expect(after).toEqual(expected);
    expect([...boxes]).toEqual([2, 1, 47, 31]);
  });

  test('twice as large have four times the area', () => {
    const placement = {
      crop: { x: 0, y: 0, w: 60, h: 40 },
      paste: { x: 0, y: 0, w: 120, h: 80 },
      isMirrored: false,
    };
    const small = maskArea(maskFromPolygon(TWO_PARTS, SIZE));

    const moved = placedObjects([objectOf(TWO_PARTS)], placement, { leastShare: 0, leastSidePx: 0 });
    const { masks } = truthOf(moved, { width: 128, height: 96 });

    expect(maskArea(masks![0]!) / small / 4).toBeCloseTo(1, 1);
  });
});
