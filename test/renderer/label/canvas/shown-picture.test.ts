import { expect, test } from 'vitest';
import { drawableOf, halvingsOf } from '../../../../renderer/label/canvas/shown-picture.ts';

test('large pictures are halved until few millions of pixels are left, small ones never', () => {
  expect(halvingsOf(1600, 1200)).toBe(0);
  expect(halvingsOf(4000, 3000)).toBe(1);
  expect(halvingsOf(8000, 6000)).toBe(2);
});

test('a halved picture is drawn as long as it has a pixel for each of the screen', () => {
  const image = { naturalWidth: 4000 } as HTMLImageElement;
  const halved = { width: 2000 } as ImageBitmap;

  expect(drawableOf({ kind: 'whole', image, halved }, 0.5)).toBe(halved);
  expect(drawableOf({ kind: 'whole', image, halved }, 0.51)).toBe(image);
  expect(drawableOf({ kind: 'whole', image, halved: null }, 0.1)).toBe(image);
});
