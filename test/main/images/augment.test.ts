import { expect, test } from 'vitest';
import { AUGMENTATION, type Augmentation, augmentForTraining, randomCrop } from '../../../main/images/augment.ts';
import { colourMap } from '../../../main/images/colour.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { photo, picture } from '../../kit/pictures.ts';

const nothing: Augmentation = {
  crop_area_min: 1,
  crop_area_max: 1,
  crop_aspect_min: 1,
  crop_aspect_max: 1,
  flip_probability: 0,
  brightness: 0,
  contrast: 0,
  saturation: 0,
  hue: 0,
};
const neutral = { brightness: 1, contrast: 1, saturation: 1, hueTurns: 0, meanGrey: 100 };

/** What the map makes of one colour. */
function mapped(shift: Partial<typeof neutral>, [r, g, b]: readonly [number, number, number]): number[] {
  const m = colourMap({ ...neutral, ...shift });
  return [0, 4, 8].map((row) => Math.round(m[row]! * r + m[row + 1]! * g + m[row + 2]! * b + m[row + 3]!));
}

/** Planes back to one colour per pixel. */
function colours(planes: Uint8Array): number[][] {
  const area = planes.length / 3;
  return Array.from({ length: area }, (_, i) => [planes[i]!, planes[i + area]!, planes[i + 2 * area]!]);
}

test('with every strength at zero the view is the picture, as planes', () => {
  const original = picture(2, 2, (x, y) => [10 * x, 100 + y, 255]);

  const planes = augmentForTraining(original, { cropSize: 2, rng: rngFrom(1), augmentation: nothing });

  expect([...planes]).toEqual([0, 10, 0, 10, 100, 100, 101, 101, 255, 255, 255, 255]);
});

test('a certain flip mirrors left and right', () => {
  const original = picture(2, 1, (x) => [x === 0 ? 7 : 200, 0, 0]);

  const planes = augmentForTraining(original, {
    cropSize: 2,
    rng: rngFrom(1),
    augmentation: { ...nothing, flip_probability: 1, crop_aspect_min: 2, crop_aspect_max: 2 },
  });

  expect([...planes.subarray(0, 4)]).toEqual([200, 7, 200, 7]);
});

test('a mirrored view is the view with its rows reversed, at any size', () => {
  const original = photo(61, 43);
  for (const cropSize of [5, 16, 37]) {
    const view = (flip_probability: number) =>
      augmentForTraining(original, { cropSize, rng: rngFrom(4), augmentation: { ...nothing, flip_probability } });
    const [plain, mirrored] = [view(0), view(1)];

    const rows = Array.from({ length: 3 * cropSize }, (_, y) =>
      plain.slice(y * cropSize, (y + 1) * cropSize).reverse(),
    );
    expect(Buffer.from(mirrored)).toEqual(Buffer.concat(rows));
  }
});

test('every pixel of a view is mapped alike, about the mean grey of the crop', () => {
  const original = photo(23, 23);
  const { data } = original;
  const mean = (channel: number) => data.reduce((sum, value, i) => sum + (i % 3 === channel ? value : 0), 0) / 529;
  const meanGrey = 0.299 * mean(0) + 0.587 * mean(1) + 0.114 * mean(2);

  const planes = augmentForTraining(original, {
    cropSize: 23,
    rng: { uniform: () => 0.75, integer: () => 0, normal: () => 0 },
    augmentation: { ...nothing, brightness: 0.4, contrast: 0.6, saturation: 0.8, hue: 0.1 },
  });

  const m = colourMap({ brightness: 1.2, contrast: 1.3, saturation: 1.4, hueTurns: 0.05, meanGrey });
  const expected = Array.from({ length: 3 * 529 }, (_, i) => {
    const [row, at] = [4 * Math.trunc(i / 529), 3 * (i % 529)];
    const value = m[row]! * data[at]! + m[row + 1]! * data[at + 1]! + m[row + 2]! * data[at + 2]! + m[row + 3]!;
    return Math.min(255, Math.max(0, value));
  });
  const worst = planes.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(worst).toBeLessThan(0.52); // half a step of rounding, and what 16 fraction bits leave out
});

test('brightness scales, contrast spreads about the mean grey, saturation about the own grey', () => {
  expect(mapped({ brightness: 1.2 }, [10, 100, 200])).toEqual([12, 120, 240]);
  expect(mapped({ contrast: 1.5 }, [100, 120, 80])).toEqual([100, 130, 70]);
  expect(mapped({ brightness: 0.5, contrast: 0.5 }, [100, 200, 40])).toEqual([50, 75, 35]);
  expect(mapped({ saturation: 0 }, [255, 0, 0])).toEqual([76, 76, 76]);
});

test('hue keeps grey and luma, and a third of a turn takes red to a green', () => {
  const luma = ([r, g, b]: number[]) => 0.299 * r! + 0.587 * g! + 0.114 * b!;

  expect(mapped({ hueTurns: 0.3 }, [90, 90, 90])).toEqual([90, 90, 90]);
  expect(luma(mapped({ hueTurns: 0.1 }, [120, 100, 90]))).toBeCloseTo(luma([120, 100, 90]), -0.5);
  const turned = [1 / 3, -1 / 3].map((hueTurns) => mapped({ hueTurns }, [150, 100, 100]));
  expect(turned.map((colour) => colour.indexOf(Math.max(...colour))).sort()).toEqual([1, 2]);
});

test('values are clipped, not wrapped', () => {
  const original = picture(1, 1, () => [250, 250, 250]);

  const view = augmentForTraining(original, {
    cropSize: 1,
    rng: { uniform: () => 0.999, integer: () => 0, normal: () => 0 },
    augmentation: { ...nothing, brightness: 0.9 },
  });

  expect(colours(view)).toEqual([[255, 255, 255]]);
});

test('crops keep to the area and aspect asked for and inside the picture', () => {
  const pixels = photo(200, 120);
  const rng = rngFrom(3, 'crops');

  const crops = Array.from({ length: 2000 }, () => randomCrop(pixels, rng, AUGMENTATION));

  for (const { x, y, w, h } of crops) {
    expect(x >= 0 && y >= 0 && x + w <= 200 && y + h <= 120).toBe(true);
    expect((w * h) / (200 * 120)).toBeGreaterThan(0.34);
    expect(w / h).toBeGreaterThan(0.74);
    expect(w / h).toBeLessThan(1.36);
  }
  expect(new Set(crops.map((crop) => JSON.stringify(crop))).size).toBeGreaterThan(1900);
});

test('a strip too narrow for any allowed crop gives the largest one in its middle', () => {
  const crop = randomCrop(photo(1000, 10), rngFrom(5), AUGMENTATION);

  expect(crop).toEqual({ x: 493, y: 0, w: 13, h: 10 });
});

test('a view is a function of its random stream', () => {
  const pixels = photo(60, 50);
  const view = (...words: (string | number)[]) =>
    Buffer.from(augmentForTraining(pixels, { cropSize: 32, rng: rngFrom(7, ...words) })).toString('hex');

  expect(view('augment', 1, 5)).toBe(view('augment', 1, 5));
  expect(new Set([view('augment', 1, 5), view('augment', 2, 5), view('augment', 1, 6)]).size).toBe(3);
});
