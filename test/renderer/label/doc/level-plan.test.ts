import { expect, test } from 'vitest';
import { levelFor, levelsAhead } from '../../../../renderer/label/doc/level-plan.ts';

test('large pictures are halved until few millions of pixels are left, small ones never', () => {
  expect(levelsAhead({ width: 1600, height: 1200 }, null)).toEqual([{ width: 1600, height: 1200 }]);
  expect(levelsAhead({ width: 4000, height: 3000 }, null)).toEqual([{ width: 2000, height: 1500 }]);
  expect(levelsAhead({ width: 8000, height: 6000 }, null)).toEqual([{ width: 2000, height: 1500 }]);
});

test('where the view is known, a level of the pixels that it shows comes after, unless it saves nothing', () => {
  const [halved, fitted] = [
    { width: 2000, height: 1500 },
    { width: 1172, height: 879 },
  ];

  expect(levelsAhead({ width: 4000, height: 3000 }, 0.293)).toEqual([halved, fitted]);
  expect(levelsAhead({ width: 4000, height: 3000 }, 0.47)).toEqual([halved]);
  expect(levelsAhead({ width: 640, height: 480 }, 1.5)).toEqual([{ width: 640, height: 480 }]);
});

test('the coarsest level is drawn that has a pixel for each of the screen', () => {
  const [whole, halved, fitted] = [4000, 2000, 1173].map((width) => ({ width, height: (3 * width) / 4 }));
  const levels = [halved!, fitted!];

  expect(levelFor(levels, 4000, 0.2933)).toBe(fitted);
  expect(levelFor(levels, 4000, 0.3)).toBe(halved);
  expect(levelFor(levels, 4000, 0.51)).toBeNull();
  expect(levelFor([...levels, whole!], 4000, 0.51)).toBe(whole);
  expect(levelFor([...levels, whole!], 4000, 8)).toBe(whole);
});
