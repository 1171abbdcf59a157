import { expect, test } from 'vitest';
import { type Look, paintChosen } from '../../../../renderer/label/canvas/paint.ts';
import { annotation } from '../../../kit/memory-labels.ts';

const LOOK: Look = { colourOf: () => 'red', accent: 'blue', surface: 'white', text: 'black', grid: 'grey' };
const HANDLES = 8;

/** How many grips a chosen polygon has on a canvas of 200 x 200, an image pixel on so many screen pixels. */
function gripsAt(scale: number, ring: readonly number[]): number {
  let grips = 0;
  const context = new Proxy(
    {
      canvas: { width: 200, height: 200 },
      getTransform: () => ({ a: scale, d: scale, e: 0, f: 0 }),
      fillRect: () => {
        grips++;
      },
    },
    { get: (known, key) => Reflect.get(known, key) ?? (() => {}) },
  ) as unknown as CanvasRenderingContext2D;
  const shape = { kind: 'polygon', polygon: [{ outline: ring, holes: [] }] } as const;
  paintChosen(context, [annotation(1, shape)], LOOK, 1 / scale);
  return grips - HANDLES;
}

test('corners have grips where they are apart on the screen and in view: few of thousands from afar, each from near', () => {
  const square = [10, 10, 90, 10, 90, 90, 10, 90];
  const circle = Array.from({ length: 4000 }, (_, i) => {
    const angle = (i / 4000) * 2 * Math.PI;
    return [100 + 90 * Math.cos(angle), 100 + 90 * Math.sin(angle)];
  }).flat();

  expect(gripsAt(1, square)).toBe(4);
  expect(gripsAt(1, circle)).toBeLessThan(70);
  expect(gripsAt(1, circle)).toBeGreaterThan(40);
  expect(gripsAt(10, square)).toBe(1); // the others are out of view
});
