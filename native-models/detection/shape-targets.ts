/**
 * Which candidates of an anchor detector answer for which boxes. It depends on the truth alone, so it is worked out beside
 * the graph.
 *
 * A box is matched with every anchor that is less than four times as wide or as high as it, and as narrow or as low, at
 * the cell that its centre lies in and at the two neighbours the centre is nearest to.
 * Source: the rule as published for the `yolov5` family; Terven and Cordova-Esparza 2023,
 * https://arxiv.org/abs/2304.00501, has its place among the others.
 */

import { assert } from '../core/assert.ts';
import { boxNumbers, type Size } from '../geometry/box.ts';
import { type Candidates, candidatesOf, type Level, type LevelSpec, PLACE } from './candidates.ts';
import { atMost } from './slots.ts';
import type { FedTarget, Targets, TargetValues, Truth } from './truth.ts';

const LARGEST_RATIO = 4;
const MIDDLE = 0.5;
const CELLS = 3; // at most, that answer for a box on one map

/** One row: the candidate's place, the box xyxy, 1 for a match, 1 where it decides about the object. */
export const MATCH = PLACE + 6;

/** A row that stands for nothing: a place and a box that all formulas are fine with. */
const EMPTY = [0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0];

interface Match {
  /** Among those of the picture. */
  readonly candidate: number;
  /** Of the truth. */
  readonly box: number;
  readonly ratio: number;
}

/**
 * Fed, for each map as many rows as may ever be needed: `match_candidates` int32 [maps,rows], `match_classes` int32
 * [maps,rows], `match_values` float32 [maps,rows,MATCH].
 */
export class ShapeTargets implements Targets {
  readonly canvas: Size;
  readonly fed: readonly FedTarget[];
  private readonly candidates: Candidates;
  private readonly slots: number;
  private readonly rows: number;

  /** Errors: a bug where maps differ in how many anchors they have. */
  constructor(canvas: Size, specs: readonly LevelSpec[], slots: number) {
    this.canvas = canvas;
    this.candidates = candidatesOf(canvas, specs);
    this.slots = slots;
    const anchors = specs.map((spec) => spec.anchors?.length ?? 0);
    assert(new Set(anchors).size === 1, `shape targets: maps have ${anchors} anchors`);
    this.rows = slots * anchors[0]! * CELLS;
    const shape = [specs.length, this.rows];
    this.fed = [
      { name: 'match_candidates', dtype: 'int32', shape },
      { name: 'match_classes', dtype: 'int32', shape },
      { name: 'match_values', dtype: 'float32', shape: [...shape, MATCH] },
    ];
  }

  of(whole: Truth): TargetValues {
    const truth = atMost(whole, this.slots);
    const { levels, places } = this.candidates;
    const candidates = new Int32Array(levels.length * this.rows);
    const classes = new Int32Array(levels.length * this.rows);
    const values = new Float32Array(candidates.length * MATCH).map((_, i) => EMPTY[i % MATCH]!);
    levels.forEach((level, number) => {
      const found = matchesOf(level, truth);
      const owners = ownersOf(found);
      found.forEach((match, i) => {
        const row = number * this.rows + i;
        candidates[row] = match.candidate;
        classes[row] = truth.labels[match.box]!;
        const place = places.subarray(match.candidate * PLACE, (match.candidate + 1) * PLACE);
        const box = truth.boxes.subarray(4 * match.box, 4 * match.box + 4);
        values.set([...place, ...box, 1, owners.has(match) ? 1 : 0], row * MATCH);
      });
    });
    return new Map<string, Int32Array | Float32Array>([
      ['match_candidates', candidates],
      ['match_classes', classes],
      ['match_values', values],
    ]);
  }
}

function matchesOf(level: Level, { boxes, labels }: Truth): Match[] {
  return [...labels.keys()].flatMap((box) => {
    const [left, top, right, bottom] = boxNumbers(boxes, 4 * box);
    const cells = cellsFor(level, (left + right) / 2, (top + bottom) / 2);
    return level.anchors!.flatMap((anchor, index) => {
      const ratio = ratioOf(right - left, bottom - top, anchor);
      if (!(ratio < LARGEST_RATIO)) return [];
      const first = level.start + index * level.rows * level.columns;
      return cells.map((cell) => ({ candidate: first + cell, box, ratio }));
    });
  });
}

/** How many times a side of the box goes into the anchor's, or the other way round, the larger of all. */
function ratioOf(width: number, height: number, [anchorWidth, anchorHeight]: readonly [number, number]): number {
  const across = Math.max(width / anchorWidth, anchorWidth / width);
  return Math.max(across, height / anchorHeight, anchorHeight / height);
}

/** Numbers of the cells, row by row, within the map: the one under a point of the picture, and its nearest neighbours. */
function cellsFor({ stride, columns, rows }: Level, x: number, y: number): number[] {
  const [column, row] = [Math.min(columns - 1, Math.floor(x / stride)), Math.min(rows - 1, Math.floor(y / stride))];
  assert(column >= 0 && row >= 0, `shape targets: the centre (${x}, ${y}) lies outside the picture`);
  const beside = (place: number, cell: number, count: number) => {
    const within = place / stride - cell;
    const neighbour = within < MIDDLE ? cell - 1 : cell + 1;
    return within === MIDDLE || neighbour < 0 || neighbour >= count ? [] : [neighbour];
  };
  return [
    row * columns + column,
    ...beside(x, column, columns).map((other) => row * columns + other),
    ...beside(y, row, rows).map((other) => other * columns + column),
  ];
}

/** Of the matches of one candidate, the one whose box has most nearly the anchor's shape; the first of equal ones. */
function ownersOf(found: readonly Match[]): ReadonlySet<Match> {
  const best = new Map<number, Match>();
  for (const match of found) {
    const other = best.get(match.candidate);
    if (other === undefined || match.ratio < other.ratio) best.set(match.candidate, match);
  }
  return new Set(best.values());
}
