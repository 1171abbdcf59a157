import { describe, expect, test } from 'vitest';
import {
  enlargementBy,
  pixelTilesOf,
  type TileGrid,
  tilesOf,
  viewsWith,
} from '../../../native-models/detection/tiles.ts';

const grid = (columns: number, rows: number, overlap01 = 0.25): TileGrid => ({ columns, rows, overlap01 });

describe('tiles of a picture', () => {
  test('are those of the worked example: 1200 x 800 in (3, 2) with an overlap of a quarter', () => {
    const tiles = tilesOf({ width: 1200, height: 800 }, grid(3, 2));

    const [y, height] = [2400 / 7, 3200 / 7]; // 342.86 and 457.14
    const expected = [0, y].flatMap((top) => [0, 360, 720].map((left) => [left, top, left + 480, top + height]));
    tiles.forEach((tile, i) => {
      for (const [k, side] of expected[i]!.entries()) expect(tile[k]).toBeCloseTo(side, 9);
    });
    expect(tiles).toHaveLength(6);
  });

  test('a picture is looked at 7 times with (3, 2), 16 times with (5, 3), and once without tiles', () => {
    expect([grid(3, 2), grid(5, 3), null].map(viewsWith)).toEqual([7, 16, 1]);
  });

  test('tiles without overlap share the pixels out: each belongs to one', () => {
    const tiles = pixelTilesOf({ width: 101, height: 67 }, grid(4, 3, 0));

    const owners = new Uint8Array(101 * 67);
    for (const [x0, y0, x1, y1] of tiles)
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) owners[y * 101 + x]! += 1;
    expect(new Set(owners)).toEqual(new Set([1]));
  });

  test.each([
    [1200, 800, grid(3, 2)],
    [684, 547, grid(5, 3)],
    [97, 41, grid(7, 2, 0.6)],
    [4000, 2250, grid(32, 32, 0.99)],
    [3, 2, grid(5, 3)],
  ])(
    'of %i x %i pixels reach from edge to edge, and whoever is no larger than the overlap lies whole on one',
    (width, height, of) => {
      const tiles = pixelTilesOf({ width, height }, of);

      expect(tiles[0]!.slice(0, 2)).toEqual([0, 0]);
      expect(tiles.at(-1)!.slice(2)).toEqual([width, height]);
      for (const [x0, y0, x1, y1] of tiles) expect(Math.min(x1 - x0, y1 - y0)).toBeGreaterThanOrEqual(1);
      const [w, h] = [width, height].map((side, i) => {
        const count = [of.columns, of.rows][i]!;
        return Math.floor((side / (count - (count - 1) * of.overlap01)) * of.overlap01) - 1;
      }) as [number, number];
      for (let i = 0; i <= 20; i++) {
        const [x, y] = [((width - w) * i) / 20, ((height - h) * i) / 20];
        const isOn = tiles.some(([x0, y0, x1, y1]) => x0 <= x && y0 <= y && x + w <= x1 && y + h <= y1);
        expect(isOn || w < 0 || h < 0).toBe(true);
      }
    },
  );

  test('make a side so many times longer: 2.5 times three tiles along the width, 3.5 times for (3, 4)', () => {
    expect([enlargementBy(grid(3, 2)), enlargementBy(grid(3, 4)), enlargementBy(grid(1, 1))]).toEqual([2.5, 3.25, 1]);
  });
});
