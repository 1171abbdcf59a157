import { describe, expect, test } from 'vitest';
import { drawOnCanvas, mapOf, type Placement, placedObjects } from '../../../../main/images/objects/canvas-view.ts';
import {
  OBJECT_AUGMENTATION,
  plainPlacement,
  randomPlacement,
} from '../../../../main/images/objects/crop-and-expand.ts';
import { LETTERBOX_GREY, letterboxPlacement } from '../../../../main/images/objects/letterbox.ts';
import { MOSAIC, mosaicView } from '../../../../main/images/objects/mosaic.ts';
import { movedBox, movedObjects, type PictureObject } from '../../../../main/images/objects/objects.ts';
import { rngFrom } from '../../../../native-models/core/rng.ts';
import type { Size, Xyxy } from '../../../../native-models/geometry/box.ts';
import { polygonXyxy } from '../../../../native-models/geometry/polygon.ts';
import { picture } from '../../../kit/pictures.ts';

const BLACK = [0, 0, 0] as const;
const CANVAS = { width: 160, height: 128 };
const sizes = { minSizePx: 96, maxSizePx: 150, canvas: CANVAS };

/** White boxes on a dark picture, so that what becomes of them can be read off the pixels. */
function withBoxes(size: Size, boxes: readonly Xyxy[]) {
  const isIn = (x: number, y: number) => boxes.some(([x0, y0, x1, y1]) => x >= x0 && x < x1 && y >= y0 && y < y1);
  const pixels = picture(size.width, size.height, (x, y) => (isIn(x, y) ? [255, 255, 255] : [40, 40, 40]));
  const objects = boxes.map((xyxy, label): PictureObject => ({ label, xyxy, polygon: null }));
  return { pixels, objects };
}

/** The box round the pixels brighter than the middle. */
function brightBox(planes: Uint8Array, { width, height }: Size): Xyxy | null {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (planes[y * width + x]! <= 147) continue;
      [x0, x1] = [Math.min(x0, x), Math.max(x1, x + 1)];
      [y0, y1] = [Math.min(y0, y), Math.max(y1, y + 1)];
    }
  }
  return x1 === 0 ? null : [x0, y0, x1, y1];
}

function expectNear(got: Xyxy | null, expected: Xyxy, withinPx: number): void {
  expect(got).not.toBeNull();
  for (const [i, side] of expected.entries()) expect(Math.abs(got![i]! - side)).toBeLessThanOrEqual(withinPx);
}

describe('boxes lie on their pixels', () => {
  const size = { width: 120, height: 80 };

  test('under any crop, expansion, mirror and size', () => {
    const rng = rngFrom(1, 'placements');
    let seen = 0;
    for (let round = 0; round < 60; round++) {
      const [x, y] = [rng.integer(70), rng.integer(40)];
      const { pixels, objects } = withBoxes(size, [[x, y, x + 20 + rng.integer(25), y + 15 + rng.integer(20)]]);
      const placement = randomPlacement(size, objects, sizes, rng);

      const [object] = placedObjects(objects, placement, { leastShare: 0, leastSidePx: 1 });

      const found = brightBox(drawOnCanvas(pixels, placement, CANVAS, BLACK), CANVAS);
      if (object === undefined) expect(found).toBeNull();
      else {
        seen += 1;
        expectNear(found, object.xyxy, 1);
      }
    }
    expect(seen).toBeGreaterThan(40);
  });

  test('under mosaic, turn, shear, scale and mirror', () => {
    const side = 160;
    for (let seed = 0; seed < 40; seed++) {
      const dark = withBoxes({ width: 90, height: 70 }, []);
      const lit = withBoxes(size, [[30, 20, 75, 60]]);
      const view = mosaicView([dark, lit, dark, dark], side, rngFrom(seed, 'mosaic'), { ...MOSAIC, kept_share_min: 0 });

      const found = brightBox(view.planes, { width: side, height: side });

      if (found === null)
        expect(view.objects.filter(({ xyxy }) => xyxy[2] - xyxy[0] > 4 && xyxy[3] - xyxy[1] > 4)).toEqual([]);
      else if (view.objects.length > 0) expectNear(found, view.objects[0]!.xyxy, 2);
    }
  });

  test('a mosaic shows pictures as large as a letterbox does: smaller ones at their own size', () => {
    const still = {
      mosaic_centre: 0,
      rotate_degrees: 0,
      shear_degrees: 0,
      translate: 0,
      scale: 0,
      flip_probability: 0,
    };
    for (const side of [96, 240]) {
      const { objects } = mosaicView([withBoxes(size, [[30, 20, 75, 60]])], side, rngFrom(1, 'x'), {
        ...MOSAIC,
        ...still,
      });
      const { paste } = letterboxPlacement(size, side);

      const [x0, y0, x1, y1] = objects[0]!.xyxy;
      expect([x1 - x0, y1 - y0]).toEqual([(45 * paste.w) / size.width, (40 * paste.h) / size.height]);
    }
  });

  test('equal random streams give equal views, others others', () => {
    const parts = [withBoxes(size, [[10, 10, 40, 40]])];
    const view = (seed: number) => mosaicView(parts, 96, rngFrom(seed, 'x'));

    expect(view(1)).toEqual(view(1));
    expect(view(2).planes).not.toEqual(view(1).planes);
  });
});

describe('random parts', () => {
  const size = { width: 200, height: 150 };
  const objects: PictureObject[] = [{ label: 0, xyxy: [150, 100, 190, 140], polygon: null }];
  const placements = Array.from({ length: 300 }, (_, i) => randomPlacement(size, objects, sizes, rngFrom(i, 'parts')));

  test('lie in the picture and on the canvas, and hold most of some box', () => {
    for (const { crop, paste } of placements) {
      expect(crop.x >= 0 && crop.y >= 0 && crop.x + crop.w <= size.width && crop.y + crop.h <= size.height).toBe(true);
      expect(paste.x >= 0 && paste.y >= 0 && paste.w >= 1 && paste.h >= 1).toBe(true);
      expect(paste.x + paste.w <= CANVAS.width && paste.y + paste.h <= CANVAS.height).toBe(true);
      const across = Math.min(190, crop.x + crop.w) - Math.max(150, crop.x);
      const down = Math.min(140, crop.y + crop.h) - Math.max(100, crop.y);
      expect((across * down) / 1600).toBeGreaterThanOrEqual(OBJECT_AUGMENTATION.crop_box_share_min);
    }
  });

  test('are drawn as often as their probabilities say', () => {
    const share = (isSo: (placement: Placement) => boolean) => placements.filter(isSo).length / placements.length;

    expect(share(({ crop }) => crop.w === 200 && crop.h === 150)).toBeCloseTo(0.5, 0);
    expect(share(({ isMirrored }) => isMirrored)).toBeCloseTo(0.5, 0);
  });
});

describe('objects of which too little is left are gone', () => {
  const half = { xx: 1, xy: 0, x0: -50, yx: 0, yy: 1, y0: 0 };
  const object = (xyxy: Xyxy): PictureObject => ({ label: 3, xyxy, polygon: null });
  const keep = { leastShare: 0.3, leastSidePx: 1 };

  test('by their share, and by their sides', () => {
    const left = movedObjects(
      [object([20, 0, 60, 10]), object([40, 0, 60, 10]), object([60, 0, 60.5, 10])],
      half,
      { width: 50, height: 50 },
      keep,
    );

    expect(left).toEqual([{ label: 3, xyxy: [0, 0, 10, 10], polygon: null }]);
  });

  test('a polygon is cut off at the border, and its box is that of what is left', () => {
    const polygon = [{ outline: [0, 0, 100, 0, 100, 100], holes: [] }];
    const [left] = movedObjects(
      [{ label: 0, xyxy: [0, 0, 100, 100], polygon }],
      half,
      { width: 50, height: 100 },
      keep,
    );

    expect(left!.xyxy).toEqual([0, 0, 50, 100]);
    expect(polygonXyxy(left!.polygon!)).toEqual(left!.xyxy);
  });
});

describe('sizes', () => {
  test('letterbox: no enlargement; 1280x720 has 140 px above and below', () => {
    expect(letterboxPlacement({ width: 320, height: 200 }, 640).paste).toEqual({ x: 160, y: 220, w: 320, h: 200 });
    expect(letterboxPlacement({ width: 1280, height: 720 }, 640).paste).toEqual({ x: 0, y: 140, w: 640, h: 360 });
    expect(letterboxPlacement({ width: 641, height: 640 }, 640).paste).toEqual({ x: 0, y: 0, w: 640, h: 639 });
  });

  test('the frame of a letterbox is grey', () => {
    const placement = letterboxPlacement({ width: 20, height: 10 }, 32);
    const planes = drawOnCanvas(
      picture(20, 10, () => [255, 0, 0]),
      placement,
      { width: 32, height: 32 },
      LETTERBOX_GREY,
    );

    expect(planes[0]).toBe(114);
    expect([planes[16 * 32 + 16], planes[32 * 32 + 16 * 32 + 16]]).toEqual([255, 0]);
  });

  test('shorter side to min_size, unless the longer one would be over max_size', () => {
    const large = { width: 2000, height: 2000 };
    const of = (width: number, height: number) =>
      plainPlacement({ width, height }, { minSizePx: 600, maxSizePx: 1333, canvas: large }).paste;

    expect(of(640, 480)).toMatchObject({ w: 800, h: 600 });
    // 1333 less a rounding error of float32, rounded down as torchvision does.
    expect(of(2000, 800)).toMatchObject({ w: 1332, h: 533 });
  });

  test('what does not fit on the canvas becomes smaller', () => {
    const { paste } = plainPlacement({ width: 100, height: 300 }, sizes);

    expect(paste.h).toBeLessThanOrEqual(CANVAS.height);
    expect(paste.w / paste.h).toBeCloseTo(1 / 3, 1);
  });

  test('a mirrored box is the mirror of the box, to the last bit', () => {
    const placement = { crop: { x: 10, y: 0, w: 80, h: 60 }, paste: { x: 5, y: 7, w: 120, h: 90 }, isMirrored: false };
    const [x0, , x1] = movedBox(mapOf(placement), [20, 10, 30, 20]);
    const mirrored = movedBox(mapOf({ ...placement, isMirrored: true }), [20, 10, 30, 20]);

    expect(mirrored).toEqual([5 + 120 - (x1 - 5), 22, 5 + 120 - (x0 - 5), 37]);
  });
});
