import { expect, test } from 'vitest';
import { standsIn, transformOf } from '../../../../renderer/label/canvas/stand-in.ts';
import { panned, toScreen, zoomed } from '../../../../renderer/label/doc/viewport.ts';

const VIEW = { width: 800, height: 600 };
const IMAGE = { width: 4000, height: 3000 };
const DRAWN = { scale: 0.5, x: 300, y: 200 };

test('a drawing that is moved and scaled has every image point where the view has it', () => {
  const seen = panned(zoomed(DRAWN, 1.7, [250, 420]), 33, -12, IMAGE, VIEW);
  const [, x, y, scale] = /translate\((.*)px, (.*)px\) scale\((.*)\)/.exec(transformOf(DRAWN, seen))!.map(Number);

  for (const point of [
    [300, 200],
    [777, 1234],
  ] as const) {
    const [dx, dy] = toScreen(DRAWN, point);
    const [sx, sy] = toScreen(seen, point);
    expect(x! + dx * scale!).toBeCloseTo(sx, 6);
    expect(y! + dy * scale!).toBeCloseTo(sy, 6);
  }
});

test('it stands in while the view moves a little, not once half of it would be bare or lines would be beams', () => {
  expect(standsIn(DRAWN, zoomed(DRAWN, 1.5, [400, 300]), VIEW)).toBe(true);
  expect(standsIn(DRAWN, zoomed(DRAWN, 3.5, [400, 300]), VIEW)).toBe(false);
  expect(standsIn(DRAWN, zoomed(DRAWN, 0.6, [400, 300]), VIEW)).toBe(true);
  expect(standsIn(DRAWN, zoomed(DRAWN, 0.4, [400, 300]), VIEW)).toBe(false);
  expect(standsIn(DRAWN, panned(DRAWN, 390, 0, IMAGE, VIEW), VIEW)).toBe(true);
  expect(standsIn(DRAWN, panned(DRAWN, -410, 0, IMAGE, VIEW), VIEW)).toBe(false);
  expect(standsIn(DRAWN, panned(DRAWN, 0, -310, IMAGE, VIEW), VIEW)).toBe(false);
});
