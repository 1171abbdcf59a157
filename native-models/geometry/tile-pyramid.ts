/**
 * A large picture as squares of several sizes: level 0 has its own pixels, each level after it half as many a side, until
 * one tile holds everything. Sides are rounded up, so a pixel at the right or lower edge may cover less than the others.
 */

import type { Size, Xyxy } from './box.ts';

/** Units: pixels of the level. */
export const TILE_SIDE = 512;

export interface TilePlace {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

/** Tiles of one level: columns from `x0` up to `x1`, rows from `y0` up to `y1`, half-open. */
export interface TileRange {
  readonly level: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Of the picture in a level, in pixels of the level. */
export function levelSize({ width, height }: Size, level: number): Size {
  return { width: Math.ceil(width / 2 ** level), height: Math.ceil(height / 2 ** level) };
}

/** How many levels there are, the one that fits into a tile included. */
export function levelCount({ width, height }: Size): number {
  return 1 + Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / TILE_SIDE)));
}

export function allTiles(size: Size, level: number): TileRange {
  const { width, height } = levelSize(size, level);
  return { level, x0: 0, y0: 0, x1: Math.ceil(width / TILE_SIDE), y1: Math.ceil(height / TILE_SIDE) };
}

/** Those of a level that touch a box, and `margin` more on each side, as far as there are any. Units: image pixels. */
export function tilesTouching([x0, y0, x1, y1]: Xyxy, size: Size, level: number, margin = 0): TileRange {
  const all = allTiles(size, level);
  const side = TILE_SIDE * 2 ** level;
  return {
    level,
    x0: Math.max(Math.floor(x0 / side) - margin, 0),
    y0: Math.max(Math.floor(y0 / side) - margin, 0),
    x1: Math.min(Math.ceil(x1 / side) + margin, all.x1),
    y1: Math.min(Math.ceil(y1 / side) + margin, all.y1),
  };
}

/** Row by row. */
export function placesOf({ level, x0, y0, x1, y1 }: TileRange): TilePlace[] {
  const columns = Math.max(0, x1 - x0);
  return Array.from({ length: columns * Math.max(0, y1 - y0) }, (_, i) => ({
    level,
    column: x0 + (i % columns),
    row: y0 + Math.floor(i / columns),
  }));
}

/** What a tile covers of the image. Units: image pixels. */
export function tileXyxy({ level, column, row }: TilePlace, { width, height }: Size): Xyxy {
  const side = TILE_SIDE * 2 ** level;
  return [column * side, row * side, Math.min((column + 1) * side, width), Math.min((row + 1) * side, height)];
}

/** The coarsest level that has a pixel for each of the screen's; `scale`: screen pixels an image pixel covers. */
export function levelFor(scale: number, size: Size): number {
  const level = scale >= 1 ? 0 : Math.floor(Math.log2(1 / scale));
  return Math.min(level, levelCount(size) - 1);
}

/** As addresses and files call it. */
export const tileName = ({ level, column, row }: TilePlace): string => `${level}/${column}-${row}`;
