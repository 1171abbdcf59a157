import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resizeForEvaluation } from '../../../main/images/evaluation.ts';
import { type PixelBox, wholeOf } from '../../../main/images/pixels.ts';
import { resample } from '../../../main/images/resample.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { photo, picture } from '../../kit/pictures.ts';
import { CROP, INPUT, MIXED, SMALLER } from './pillow-numbers.ts';

const input = { width: 9, height: 7, data: Uint8Array.from(INPUT) };

test.each([
  ['smaller', 4, 3, SMALLER],
  ['smaller one way and larger the other', 4, 11, MIXED],
])("resizing equals Pillow's to the last bit: %s", (_, width, height, expected) => {
  expect([...resample(input, wholeOf(input), width, height).data]).toEqual(expected);
});

interface ResizeRow {
  readonly width: number;
  readonly height: number;
  readonly box: PixelBox;
  readonly newWidth: number;
  readonly newHeight: number;
  readonly sha256: string;
}

const RESIZED = JSON.parse(
  readFileSync(new URL('../../fixtures/pillow/resize.json', import.meta.url), 'utf8'),
) as ResizeRow[];

test.each(RESIZED)("$box.w x $box.h to $newWidth x $newHeight equals Pillow's to the last bit", (row) => {
  const { width, height } = row;
  const bytes = Float64Array.from(
    { length: width * height * 3 },
    (_, i) => Math.floor((i * i * 31 + i * 17) / 8) % 256,
  );
  const source = { width, height, data: Uint8Array.from(bytes) };

  const { data } = resample(source, row.box, row.newWidth, row.newHeight);

  expect(createHash('sha256').update(data).digest('hex')).toBe(row.sha256);
});

test('a resized part depends on nothing outside it', () => {
  expect([...resample(input, { x: 2, y: 1, w: 6, h: 5 }, 4, 4).data]).toEqual(CROP);
});

test('the same size gives the same pixels', () => {
  const original = photo(13, 7);

  expect(resample(original, wholeOf(original), 13, 7)).toEqual(original);
});

test('one colour stays that colour at every size', () => {
  const white = picture(31, 17, () => [255, 128, 0]);
  for (const [w, h] of [
    [3, 2],
    [64, 50],
    [1, 1],
  ] as const) {
    const { data } = resample(white, wholeOf(white), w, h);
    expect(data.every((value, i) => value === [255, 128, 0][i % 3])).toBe(true);
  }
});

test('evaluation halves a 4 x 8 picture to a shorter side of 2 and takes the middle square', () => {
  const columns = picture(4, 8, (_, y) => [y * 10, y * 10, y * 10]);

  const planes = resizeForEvaluation(columns, { resizeSize: 2, cropSize: 2 });

  // The triangle filter weighs four rows 1/8, 3/8, 3/8, 1/8: rows 1 to 4 give 25, rows 3 to 6 give 45.
  expect([...planes]).toEqual(Array.from({ length: 3 }, () => [25, 25, 45, 45]).flat());
});

test('evaluation refuses a crop that does not fit, naming both sizes', async () => {
  const error = await appErrorOf(() => resizeForEvaluation(photo(40, 30), { resizeSize: 32, cropSize: 64 }));

  expect([error.code, error.message]).toEqual([
    'bad-hyperparameter',
    'valid_resize_size must be at least valid_crop_size (64), got 32',
  ]);
});
