/**
 * Large pictures in tiles: equal parts that overlap and together cover the picture.
 * Source: product specification, section 14; Unel et al. 2019, "The Power of Tiling for Small Object Detection", CVPRW.
 */

import type { Size, Xyxy } from '../geometry/box.ts';

export interface TileGrid {
  /** Tiles along the width. */
  readonly columns: number;
  /** Tiles along the height. */
  readonly rows: number;
  /** Of a tile's sides: how much of them its neighbour shows as well. In [0,1). */
  readonly overlap01: number;
}

/**
 * The tiles of a picture, row by row from the top left.
 * Source: product specification, section 14.2.
 */
export function tilesOf({ width, height }: Size, { columns, rows, overlap01 }: TileGrid): Xyxy[] {
  const across = along(width, columns, overlap01);
  const down = along(height, rows, overlap01);
  return down.flatMap(([y0, y1]) => across.map(([x0, x1]): Xyxy => [x0, y0, x1, y1]));
}

/** The same in whole pixels: where two tiles meet, no pixel is left out. Each tile has one pixel at least. */
export function pixelTilesOf(size: Size, grid: TileGrid): Xyxy[] {
  return tilesOf(size, grid).map(([x0, y0, x1, y1]) => {
    const [left, right] = wholePixels(x0, x1, size.width);
    const [top, bottom] = wholePixels(y0, y1, size.height);
    return [left, top, right, bottom];
  });
}

/** How often a detector looks at a picture: at the whole, and at each of its tiles. */
export const viewsWith = (grid: TileGrid | null): number => (grid === null ? 1 : 1 + grid.columns * grid.rows);

/** How many times longer a picture's side is than that of its tiles; of both sides the larger number. */
export function enlargementBy({ columns, rows, overlap01 }: TileGrid): number {
  return Math.max(...[columns, rows].map((count) => count - (count - 1) * overlap01));
}

/** The parts of a side: `count` of them, equally long. */
function along(length: number, count: number, overlap01: number): (readonly [from: number, to: number])[] {
  const tile = length / (count - (count - 1) * overlap01);
  const stride = tile * (1 - overlap01);
  return Array.from({ length: count }, (_, i) => [i * stride, i * stride + tile]);
}

function wholePixels(from: number, to: number, length: number): readonly [from: number, to: number] {
  const first = Math.min(Math.round(from), length - 1);
  return [first, Math.min(length, Math.max(first + 1, Math.round(to)))];
}
