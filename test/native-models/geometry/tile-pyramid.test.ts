import { expect, test } from 'vitest';
import {
  allTiles,
  levelCount,
  levelFor,
  levelSize,
  placesOf,
  tilesTouching,
  tileXyxy,
} from '../../../native-models/geometry/tile-pyramid.ts';

const BIG = { width: 10_000, height: 7_001 };

test('levels halve the picture until it fits into a tile, sides rounded up', () => {
  expect(levelCount(BIG)).toBe(6);
  expect([0, 1, 5].map((level) => levelSize(BIG, level))).toEqual([
    BIG,
    { width: 5_000, height: 3_501 },
    { width: 313, height: 219 },
  ]);
  expect([512, 513, 1024, 1025].map((side) => levelCount({ width: side, height: 9 }))).toEqual([1, 2, 2, 3]);
});

test('the tiles of a level cover the picture once, to its last pixel', () => {
  for (const level of [0, 1, 3, 5]) {
    const boxes = placesOf(allTiles(BIG, level)).map((place) => tileXyxy(place, BIG));
    const area = boxes.reduce((sum, [x0, y0, x1, y1]) => sum + (x1 - x0) * (y1 - y0), 0);

    expect(area).toBe(BIG.width * BIG.height);
    expect(boxes.every(([x0, y0, x1, y1]) => x1 > x0 && y1 > y0)).toBe(true);
  }
});

test('a box touches the tiles that it lies on, and none outside the picture', () => {
  expect(tilesTouching([0, 0, 512, 512], BIG, 0)).toEqual({ level: 0, x0: 0, y0: 0, x1: 1, y1: 1 });
  expect(tilesTouching([511.5, 0, 512.5, 1], BIG, 0)).toEqual({ level: 0, x0: 0, y0: 0, x1: 2, y1: 1 });
  expect(tilesTouching([9_000, 6_900, 99_999, 99_999], BIG, 2, 1)).toEqual({ level: 2, x0: 3, y0: 2, x1: 5, y1: 4 });
});

test('a view gets the coarsest level that has a pixel for each of the screen', () => {
  expect([2, 1, 0.51, 0.5, 0.26, 0.25, 0.1, 0.001].map((scale) => levelFor(scale, BIG))).toEqual([
    0, 0, 0, 1, 1, 2, 3, 5,
  ]);
});
