/**
 * How much each hyperparameter decides about the metric: how much worse a forest of regression trees foretells it when
 * that hyperparameter is shuffled.
 * Source: Breiman 2001, "Random Forests", section 10; trees on bootstrap samples, judged on what each did not see.
 */

import type { LiveSweep } from './live-sweep.ts';
import { axesOf, placeOn } from './trial-columns.ts';

const TREES = 60;
const FEWEST_TRIALS = 8;
const LEAF = 2;
const DEEPEST = 6;
const MOST_TRIALS = 300; // the latest: a forest over more takes long and says the same
const MOST_CUTS = 12; // a dimension is cut at as many places

export interface Importance {
  readonly name: string;
  /** Of all importance. */
  readonly share01: number;
}

/**
 * The most important first; empty while there are too few trials to tell. It is found in steps of a few milliseconds,
 * so that a window can draw between them.
 */
export function* importances(sweep: LiveSweep): Generator<void, Importance[]> {
  const axes = axesOf(sweep).slice(0, -1);
  const judged = sweep.trials.filter(({ best }) => best !== null).slice(-MOST_TRIALS);
  if (judged.length < FEWEST_TRIALS || axes.length === 0) return [];
  const rows = judged.map((trial) =>
    axes.map((axis) => {
      const place = placeOn(axis, trial, sweep.primary_metric);
      return place === null ? -1 : typeof place === 'number' ? place : axis.categories!.indexOf(place);
    }),
  );
  const values = judged.map(({ best }) => best!);
  const random = generator(judged.length);
  const gains = new Array<number>(axes.length).fill(0);
  for (let t = 0; t < TREES; t++) {
    addGains(gains, rows, values, random);
    yield;
  }
  const positive = gains.map((gain) => Math.max(0, gain));
  const total = positive.reduce((sum, gain) => sum + gain, 0);
  if (total === 0) return [];
  return axes.map(({ name }, d) => ({ name, share01: positive[d]! / total })).sort((a, b) => b.share01 - a.share01);
}

type Row = readonly number[];
type Tree = (row: Row) => number;

function addGains(gains: number[], rows: readonly Row[], values: readonly number[], random: () => number): void {
  const drawn = rows.map(() => Math.floor(random() * rows.length));
  const unseen = rows.map((_, i) => i).filter((i) => !drawn.includes(i));
  const tree = grow(drawn, rows, values, random, 0);
  const errorOf = (rowOf: (i: number) => Row) => unseen.reduce((sum, i) => sum + (tree(rowOf(i)) - values[i]!) ** 2, 0);
  const before = errorOf((i) => rows[i]!);
  gains.forEach((_, d) => {
    const shuffled = unseen.toSorted(() => random() - 0.5);
    const after = errorOf((i) => rows[i]!.with(d, rows[shuffled[unseen.indexOf(i)]!]![d]!));
    gains[d]! += after - before;
  });
}

function grow(
  at: readonly number[],
  rows: readonly Row[],
  values: readonly number[],
  random: () => number,
  depth: number,
): Tree {
  const mean = at.reduce((sum, i) => sum + values[i]!, 0) / at.length;
  const split = at.length < 2 * LEAF || depth === DEEPEST ? null : bestSplit(at, rows, values, random);
  if (split === null) return () => mean;
  const [left, right] = [true, false].map((isLeft) => at.filter((i) => rows[i]![split.d]! <= split.cut === isLeft));
  const [low, high] = [left!, right!].map((part) => grow(part, rows, values, random, depth + 1));
  return (row) => (row[split.d]! <= split.cut ? low!(row) : high!(row));
}

/** Among a random part of the dimensions, the cut that leaves the least variance. */
function bestSplit(at: readonly number[], rows: readonly Row[], values: readonly number[], random: () => number) {
  let best: { d: number; cut: number } | null = null;
  let least = Number.POSITIVE_INFINITY;
  const dimensions = rows[0]!.length;
  const asked = Math.max(1, Math.ceil(dimensions / 2));
  for (let k = 0; k < asked; k++) {
    const d = Math.floor(random() * dimensions);
    const places = [...new Set(at.map((i) => rows[i]![d]!))].sort((a, b) => a - b);
    const step = Math.max(1, Math.ceil((places.length - 1) / MOST_CUTS));
    for (let c = 0; c + 1 < places.length; c += step) {
      const cut = (places[c]! + places[c + 1]!) / 2;
      const sides = [at.filter((i) => rows[i]![d]! <= cut), at.filter((i) => rows[i]![d]! > cut)];
      const spread = sides.reduce((sum, part) => sum + squares(part.map((i) => values[i]!)), 0);
      if (sides.every((part) => part.length >= LEAF) && spread < least) [best, least] = [{ d, cut }, spread];
    }
  }
  return best;
}

function squares(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/** Source: Park and Miller 1988; the same forest for the same number of trials. */
function generator(seed: number): () => number {
  let state = (seed * 2654435761) % 2147483647 || 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
