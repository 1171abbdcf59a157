import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodePng, explanationPicture } from '../../../main/images/explanation-picture.ts';
import { colourAt } from '../../kit/pictures.ts';

const SIDE = 10;
/** Heat grows from the top left to the bottom right. */
const ramp = Float32Array.from({ length: SIDE * SIDE }, (_, i) => i / (SIDE * SIDE - 1));
const view = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => 100 + 50 * Math.floor(i / (SIDE * SIDE)));

test('shows the input, the heat, both, and what counted most, two by two', () => {
  const picture = explanationPicture(view, ramp);
  const last = SIDE - 1;

  expect([picture.width, picture.height]).toEqual([2 * SIDE, 2 * SIDE]);
  expect(colourAt(picture, 3, 3)).toEqual([100, 150, 200]);
  expect(colourAt(picture, SIDE, 0)).toEqual([0, 0, 110]);
  expect(colourAt(picture, SIDE + last, last)).toEqual([255, 255, 255]);
  expect(colourAt(picture, last, SIDE + last)).toEqual([178, 203, 228]);
  expect(colourAt(picture, SIDE, SIDE)).toEqual([128, 128, 128]);
  expect(colourAt(picture, SIDE + last, SIDE + last)).toEqual([100, 150, 200]);
});

test('three tenths of the pixels count most; none where all count alike', () => {
  const shown = (heat: Float32Array) => {
    const picture = explanationPicture(view, heat);
    const places = Array.from({ length: SIDE * SIDE }, (_, i) => [SIDE + (i % SIDE), SIDE + Math.floor(i / SIDE)]);
    return places.filter(([x, y]) => colourAt(picture, x!, y!)[0] !== 128).length;
  };

  expect(shown(ramp)).toBe(30);
  expect(shown(new Float32Array(SIDE * SIDE).fill(0.5))).toBe(0);
});

test('is written as a PNG of the same pixels', async () => {
  const picture = explanationPicture(view, ramp);

  const { data, info } = await sharp(await encodePng(picture))
    .raw()
    .toBuffer({ resolveWithObject: true });

  expect([info.format, info.width, info.channels]).toEqual(['raw', 2 * SIDE, 3]);
  expect(Buffer.compare(data, Buffer.from(picture.data))).toBe(0);
});
