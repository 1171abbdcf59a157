/**
 * Where a one-stage detector looks: a candidate for every anchor at every cell of every map, in the order of the model's
 * rows: map by map, anchor by anchor, row by row.
 */

import { assert } from '../core/assert.ts';
import type { Size } from '../geometry/box.ts';

/** One map: how far its cells lie apart, and the anchors at each; a map without anchors has one candidate to a cell. */
export interface LevelSpec {
  /** Image pixels. */
  readonly stride: number;
  /** Width and height in image pixels. */
  readonly anchors: readonly (readonly [width: number, height: number])[] | null;
}

export interface Level extends LevelSpec {
  readonly columns: number;
  readonly rows: number;
  /** Of its first candidate, among all. */
  readonly start: number;
  readonly count: number;
}

/** Numbers a candidate is known by: the cell's left and top in image pixels, its stride, the anchor's width and height. */
export const PLACE = 5;

export interface Candidates {
  readonly levels: readonly Level[];
  readonly count: number;
  /** Shapes: [count, PLACE]; width and height are the stride where there are no anchors. */
  readonly places: Float32Array;
}

/** All candidates of a picture of whole strides. */
export function candidatesOf({ width, height }: Size, specs: readonly LevelSpec[]): Candidates {
  let start = 0;
  const levels = specs.map((spec) => {
    const [columns, rows] = [width / spec.stride, height / spec.stride];
    const isWhole = Number.isInteger(columns) && Number.isInteger(rows);
    assert(isWhole, `candidates: ${width}x${height} is not made of cells of ${spec.stride}`);
    const count = columns * rows * (spec.anchors?.length ?? 1);
    const level = { ...spec, columns, rows, start, count };
    start += count;
    return level;
  });
  return { levels, count: start, places: Float32Array.from(levels.flatMap(placesOf)) };
}

function placesOf({ stride, anchors, columns, rows }: Level): number[] {
  const sides = anchors ?? [[stride, stride] as const];
  return sides.flatMap(([width, height]) =>
    Array.from({ length: rows * columns }, (_, cell) => {
      const [row, column] = [Math.floor(cell / columns), cell % columns];
      return [column * stride, row * stride, stride, width, height];
    }).flat(),
  );
}
