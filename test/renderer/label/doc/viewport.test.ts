import { expect, test } from 'vitest';
import { fitted, panned, toImage, toScreen, visible, zoomed } from '../../../../renderer/label/doc/viewport.ts';

const VIEW = { width: 800, height: 600 };
const IMAGE = { width: 1000, height: 500 };

test('a whole image fits, in the middle of the view', () => {
  const viewport = fitted([0, 0, 1000, 500], VIEW);

  expect(viewport.scale).toBeCloseTo(0.752);
  const [x, y] = toScreen(viewport, [500, 250]);
  expect([Math.round(x), Math.round(y)]).toEqual([400, 300]);
  const [x0, y0, x1, y1] = visible(viewport, VIEW);
  expect(x0 < 0 && y0 < 0 && x1 > 1000 && y1 > 500).toBe(true);
});

test('the pixel under the cursor stays there while zooming, however far', () => {
  let viewport = fitted([0, 0, 1000, 500], VIEW);
  const cursor = [123, 456] as const;
  const pixel = toImage(viewport, cursor);
  for (const factor of [1.5, 4, 100, 0.5, 0.0001, 7]) {
    viewport = zoomed(viewport, factor, cursor);
    const [x, y] = toImage(viewport, cursor);
    expect(x).toBeCloseTo(pixel[0], 6);
    expect(y).toBeCloseTo(pixel[1], 6);
  }
});

test('panning never loses the image', () => {
  let viewport = fitted([0, 0, 1000, 500], VIEW);
  viewport = panned(viewport, -1e6, 1e6, IMAGE, VIEW);

  const [right] = toScreen(viewport, [1000, 0]);
  const [, top] = toScreen(viewport, [0, 0]);
  expect(right).toBeCloseTo(40);
  expect(top).toBeCloseTo(560);
});
