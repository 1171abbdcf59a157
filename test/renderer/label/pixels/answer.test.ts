import { describe, expect, test } from 'vitest';
import { rngFrom } from '../../../../native-models/core/rng.ts';
import type { Xyxy } from '../../../../native-models/geometry/box.ts';
import { maskArea, sharedPixels } from '../../../../native-models/geometry/mask.ts';
import { PixelAnswers } from '../../../../renderer/label/pixels/answer.ts';
import { superpixels } from '../../../../renderer/label/pixels/superpixels.ts';
import { iouOf, madePicture, readerOf } from '../../../kit/rasters.ts';

const SIZE = { width: 160, height: 120 };
const disc = (cx: number, cy: number, radius: number) => (x: number, y: number) => Math.hypot(x - cx, y - cy) < radius;
const ORANGE = [210, 130, 60] as const;
const GREEN = [90, 140, 80] as const;
const made = (noise: number) =>
  madePicture(SIZE, disc(70, 60, 35), [ORANGE, GREEN], noise, rngFrom(1, `noise ${noise}`));
const answers = ({ raster }: ReturnType<typeof made>) => new PixelAnswers(readerOf(raster));

describe('the wand', () => {
  test('takes exactly what is of the colour and hangs together', async () => {
    const picture = made(8);
    expect(iouOf(await answers(picture).answer({ kind: 'wand', at: [70, 60], tolerance: 17 }), picture.truth)).toBe(1);
  });

  test('takes one pixel with no tolerance in noise, everything with all, nothing outside the image', async () => {
    const wand = (at: [number, number], tolerance: number) => answers(made(8)).answer({ kind: 'wand', at, tolerance });

    expect(maskArea((await wand([70, 60], 0))!)).toBeLessThan(5);
    expect(maskArea((await wand([70, 60], 255))!)).toBe(SIZE.width * SIZE.height);
    expect(await wand([-1, 5], 20)).toBeNull();
  });

  test('looks no farther than what it finds reaches, and as far as that does', async () => {
    const size = { width: 1800, height: 600 };
    const bar = (x: number, y: number) => x > 100 && x < 1700 && y > 280 && y < 320;
    const picture = madePicture(size, bar, [ORANGE, GREEN], 0, rngFrom(1, 'bar'));
    const reader = readerOf(picture.raster);
    const read: number[] = [];
    const watched = {
      size,
      read: (xyxy: Xyxy) => {
        read.push(xyxy[2] - xyxy[0]);
        return reader.read(xyxy);
      },
    };
    const wand = (x: number, y: number) => new PixelAnswers(watched).answer({ kind: 'wand', at: [x, y], tolerance: 5 });

    expect(iouOf(await wand(900, 300), picture.truth)).toBe(1);
    expect(read).toEqual([512, 1536, 1800]);
    const small = madePicture(size, disc(900, 300, 40), [ORANGE, GREEN], 0, rngFrom(1, 'small'));
    const answered = await new PixelAnswers({ size, read: readerOf(small.raster).read }).answer({
      ...{ kind: 'wand', at: [900, 300], tolerance: 5 },
    });
    expect(iouOf(answered, small.truth)).toBe(1);
  });

  test('does not jump to an island of the same colour', async () => {
    const two = (x: number, y: number) => disc(40, 60, 20)(x, y) || disc(110, 60, 25)(x, y);
    const picture = madePicture(SIZE, two, [ORANGE, GREEN], 0, rngFrom(1, 'two'));
    const left = madePicture(SIZE, disc(40, 60, 20), [ORANGE, GREEN], 0, rngFrom(1, 'left'));

    expect(iouOf(await answers(picture).answer({ kind: 'wand', at: [40, 60], tolerance: 30 }), left.truth)).toBe(1);
  });
});

describe('superpixels', () => {
  test('are about as many as asked for, each of one piece, and keep to the edges of the picture', async () => {
    const picture = made(12);
    const labels = superpixels(picture.raster, 12);
    const pieces = new Set(labels).size;
    expect(pieces).toBeGreaterThan(80);
    expect(pieces).toBeLessThan(180);
    for (const label of new Set(labels)) expect(componentsOf(labels, label)).toBe(1);

    const touching: [number, number][] = [];
    for (let y = 0; y < SIZE.height; y += 2) {
      for (let x = 0; x < SIZE.width; x += 2) if (disc(70, 60, 31)(x, y)) touching.push([x, y]);
    }
    const painted = await answers(picture).answer({ kind: 'superpixels', way: touching, side: 12 });
    expect(iouOf(painted, picture.truth)).toBeGreaterThan(0.96);
  });

  test('a larger picture is cut tile by tile, without a gap between them', async () => {
    const size = { width: 700, height: 40 };
    const picture = madePicture(size, () => true, [GREEN, GREEN], 10, rngFrom(1, 'wide'));
    const way: [number, number][] = [
      [500, 20],
      [530, 20],
    ];
    const painted = (await new PixelAnswers(readerOf(picture.raster)).answer({ kind: 'superpixels', way, side: 10 }))!;
    const line = madePicture(size, (x, y) => x > 500 && x < 530 && y > 20 && y < 21, [GREEN, GREEN], 0, rngFrom(1, ''));

    expect(sharedPixels(painted, line.truth)).toBe(maskArea(line.truth));
  });

  test('pieces that were used longest ago are cut anew, those used since are not', async () => {
    const size = { width: 66 * 512, height: 2 };
    const picture = madePicture(size, () => true, [GREEN, GREEN], 0, rngFrom(1, 'long'));
    const reader = readerOf(picture.raster);
    const read: number[] = [];
    const watched = {
      size,
      read: (xyxy: Xyxy) => {
        read.push(xyxy[0] / 512);
        return reader.read(xyxy);
      },
    };
    const paint = answersTo(watched);

    for (let tile = 0; tile < 64; tile++) await paint(tile);
    await paint(0);
    await paint(64);
    await paint(0);
    await paint(1);

    expect(read).toEqual([...Array(65).keys(), 1]);
  });
});

function answersTo(reader: ReturnType<typeof readerOf>) {
  const pixels = new PixelAnswers(reader);
  return (tile: number) => pixels.answer({ kind: 'superpixels', way: [[tile * 512 + 5, 1]], side: 400 });
}

describe('refining', () => {
  test('finds the object in a box, in noise that colours alone would not part', async () => {
    const picture = madePicture(SIZE, disc(70, 60, 35), [ORANGE, [165, 165, 95]], 45, rngFrom(1, 'hard'));
    const found = await answers(picture).answer({ kind: 'refine', box: [30, 20, 110, 100], inside: [], outside: [] });

    expect(iouOf(found, picture.truth)).toBeGreaterThan(0.95);
  });

  test('finds the object round a scribble', async () => {
    const picture = made(25);
    const way = [
      [60, 50],
      [80, 70],
    ] as const;
    const found = await answers(picture).answer({
      kind: 'refine',
      box: null,
      inside: [{ way, radius: 6 }],
      outside: [],
    });

    expect(iouOf(found, picture.truth)).toBeGreaterThan(0.97);
  });

  test('keeps to what strokes say of inside and outside', async () => {
    const two = (x: number, y: number) => disc(50, 60, 22)(x, y) || disc(100, 60, 22)(x, y);
    const picture = madePicture(SIZE, two, [ORANGE, GREEN], 20, rngFrom(1, 'two'));
    const left = madePicture(SIZE, disc(50, 60, 22), [ORANGE, GREEN], 0, rngFrom(1, 'left'));
    const box = [20, 30, 130, 90] as const;
    const outside = [
      {
        way: [
          [100, 45],
          [100, 75],
        ] as const,
        radius: 20,
      },
    ];
    const both = await answers(picture).answer({ kind: 'refine', box, inside: [], outside: [] });
    const one = await answers(picture).answer({ kind: 'refine', box, inside: [], outside });

    expect(iouOf(both, picture.truth)).toBeGreaterThan(0.97);
    expect(iouOf(one, left.truth)).toBeGreaterThan(0.9);
  });

  test('finds a large object on a smaller picture first and its edge in the whole one', async () => {
    const size = { width: 700, height: 600 };
    const picture = madePicture(size, disc(350, 300, 200), [ORANGE, GREEN], 40, rngFrom(1, 'large'));
    const found = await answers(picture).answer({ kind: 'refine', box: [140, 90, 560, 510], inside: [], outside: [] });

    expect(iouOf(found, picture.truth)).toBeGreaterThan(0.99);
  });
});

function componentsOf(labels: Int32Array, label: number): number {
  const left = new Set([...labels.keys()].filter((i) => labels[i] === label));
  let components = 0;
  while (left.size > 0) {
    components++;
    const waiting = [left.values().next().value!];
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      if (!left.delete(i)) continue;
      const x = i % SIZE.width;
      waiting.push(i - SIZE.width, i + SIZE.width, ...(x > 0 ? [i - 1] : []), ...(x < SIZE.width - 1 ? [i + 1] : []));
    }
  }
  return components;
}
