import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ObjectViewMaker } from '../../../../main/images/objects/object-views.ts';
import type { PictureWithObjects } from '../../../../main/images/objects/objects.ts';
import { cutOut, partOf } from '../../../../main/images/objects/tiles.ts';
import { appErrorOf } from '../../../kit/errors.ts';
import { tempFolder } from '../../../kit/folders.ts';
import { encoder, writeBytes } from '../../../kit/pictures.ts';

const SIZE = { width: 120, height: 80 };
const GRID = { columns: 3, rows: 2, overlap01: 0.25 };
const WHOLE = { x: 0, y: 0, w: 120, h: 80 };

/** Every pixel says where it is. */
function picture(objects: PictureWithObjects['objects'] = []): PictureWithObjects {
  const data = Uint8Array.from({ length: 3 * SIZE.width * SIZE.height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % SIZE.width, Math.floor(pixel / SIZE.width), 7][i % 3]!;
  });
  return { pixels: { ...SIZE, data }, objects };
}

describe('a part of a picture', () => {
  test('is all of it first, then its tiles, row by row', () => {
    expect(Array.from({ length: 7 }, (_, part) => partOf(SIZE, GRID, part))).toEqual([
      WHOLE,
      ...[0, 36, 72].map((x) => ({ x, y: 0, w: 48, h: 46 })),
      ...[0, 36, 72].map((x) => ({ x, y: 34, w: 48, h: 46 })),
    ]);
    expect(partOf(SIZE, null, 0)).toEqual(WHOLE);
  });

  test('has the pixels that lie there', () => {
    const { pixels } = cutOut(picture(), partOf(SIZE, GRID, 6));

    expect([pixels.width, pixels.height, pixels.data.length]).toEqual([48, 46, 3 * 48 * 46]);
    expect([...pixels.data.slice(0, 6)]).toEqual([72, 34, 7, 73, 34, 7]);
    expect([...pixels.data.slice(-3)]).toEqual([119, 79, 7]);
  });

  test('has its objects, cut off at its edges, unless less than a share of them lies on it', () => {
    const inside = { label: 0, xyxy: [40, 5, 60, 25], polygon: null } as const;
    const half = { label: 1, xyxy: [26, 0, 46, 20], polygon: null } as const;
    const fifth = { label: 2, xyxy: [20, 0, 40, 20], polygon: null } as const;
    const away = { label: 3, xyxy: [90, 60, 110, 75], polygon: null } as const;

    const { objects } = cutOut(picture([inside, half, fifth, away]), partOf(SIZE, GRID, 2));

    expect(objects).toEqual([
      { label: 0, xyxy: [4, 5, 24, 25], polygon: null },
      { label: 1, xyxy: [0, 0, 10, 20], polygon: null },
    ]);
  });
});

test('views of a picture that follow each other decode it once, also where nothing is remembered', async () => {
  const folder = tempFolder();
  const bytes = await encoder(picture().pixels).png().toBuffer();
  const samples = [1, 2].map((id) => ({ id, path: writeBytes(folder, `${id}.png`, bytes), size: SIZE, objects: [] }));
  const transform = { kind: 'letterbox', canvas: { width: 64, height: 64 }, tiles: GRID } as const;
  const views = new ObjectViewMaker(samples, transform, 0);

  const whole = await views.view(0, 0);
  rmSync(samples[0]!.path);
  const tiles = await Promise.all([1, 2, 3, 4, 5, 6].map((view) => views.view(view, 0)));
  await views.view(7, 0);

  expect(new Set([whole, ...tiles].map(({ planes }) => planes.join())).size).toBe(7);
  expect((await appErrorOf(() => views.view(1, 0))).code).toBe('image-missing');
});
