/** From the epochs of a run to the lines of its charts. */

import type { EpochRow, RunHead } from '../../../preload/contract/run.ts';
import { metricWords } from '../../ui/format.ts';

/** A run with its epochs, as far as they have been told. */
export interface CurvedRun extends RunHead {
  readonly epochs: readonly EpochRow[];
}

/** `x` is the epoch, from 1. An epoch without a value has no point, so a line bridges it. */
export type Point = readonly [x: number, y: number];

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** The metric under which the loss on validation images is recorded. */
export const VALIDATION_LOSS = 'valid_loss';

/** Training loss and, where it was measured, validation loss. */
export function lossSeries(run: CurvedRun): Series[] {
  const validation = metricSeries(run, VALIDATION_LOSS, 'validation');
  const training = { name: 'training', points: pointsOf(run.epochs, (row) => row.train_loss) };
  return validation.points.length > 0 ? [training, validation] : [training];
}

/** The primary metric on validation images. */
export function primarySeries(run: CurvedRun): Series {
  return metricSeries(run, run.primary_metric.name, metricWords(run.primary_metric.name));
}

/** The learning rate at the end of each epoch. */
export function learningRateSeries(run: CurvedRun): Series {
  return { name: 'learning rate', points: pointsOf(run.epochs, (row) => row.learning_rate) };
}

/** One metric under a name of its own. */
export function metricSeries(run: CurvedRun, metric: string, name: string): Series {
  return { name, points: pointsOf(run.epochs, (row) => row.metrics[metric] ?? null) };
}

/** Every metric name of a run's epochs in order of first appearance, the primary one first. */
export function metricNames(run: CurvedRun): string[] {
  const names = run.epochs.flatMap((row) => Object.keys(row.metrics));
  return [...new Set([run.primary_metric.name, ...names])].filter((name) => names.includes(name));
}

function pointsOf(epochs: readonly EpochRow[], valueIn: (row: EpochRow) => number | null): Point[] {
  return epochs.flatMap((row) => {
    const value = valueIn(row);
    return value === null || !Number.isFinite(value) ? [] : [[row.epoch, value] as const];
  });
}

const MOST_TICKS = 8;

/** Epochs to name on an axis from 1 to the last: round ones, the first and the last, none close to another. */
export function epochTicks(lastEpoch: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => lastEpoch / size <= MOST_TICKS) ?? 1000;
  const round = Array.from({ length: Math.floor(lastEpoch / step) }, (_, i) => (i + 1) * step);
  const inner = round.filter((epoch) => epoch > step / 2 && epoch > 1 && epoch < lastEpoch - step / 2);
  return [...new Set([1, ...inner, Math.max(2, lastEpoch)])];
}

/**
 * A line through the points, as the `d` of an SVG path that fills a box; null for fewer than two points.
 * Units: pixels of the box, origin top-left.
 */
export function sparkline(points: readonly Point[], widthPx: number, heightPx: number): string | null {
  if (points.length < 2) return null;
  const [firstX, lastX] = [points[0]![0], points.at(-1)![0]];
  const values = points.map(([, y]) => y);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const spread = high - low;
  const place = ([x, y]: Point) => {
    const xPx = ((x - firstX) / (lastX - firstX)) * widthPx;
    const yPx = spread === 0 ? heightPx / 2 : ((high - y) / spread) * heightPx;
    return `${xPx.toFixed(1)} ${yPx.toFixed(1)}`;
  };
  return `M${points.map(place).join('L')}`;
}
