import { expect, test } from 'vitest';
import { sideIn } from '../../../main/train/object-learning.ts';

test('sides of multi_scale go from half to one and a half, in whole cells, and depend on seed and epoch alone', () => {
  const sides = Array.from({ length: 400 }, (_, epoch) => sideIn(epoch, 640, 3));

  expect([Math.min(...sides), Math.max(...sides)]).toEqual([320, 960]);
  expect(new Set(sides.map((side) => side % 32))).toEqual(new Set([0]));
  expect(new Set(sides).size).toBe(21);
  expect(sideIn(7, 640, 3)).toBe(sides[7]);
  expect(sideIn(0, 32, 1)).toBeGreaterThan(0);
});
