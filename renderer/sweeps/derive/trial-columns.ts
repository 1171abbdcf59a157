/** What trials have in numbers and names, as axes of a chart. */

import type { TrialHead } from '../../../preload/contract/sweep.ts';
import type { LiveSweep } from './live-sweep.ts';

export interface Axis {
  readonly name: string;
  /** Names in order where it has no numbers. */
  readonly categories: readonly string[] | null;
  /** Learning rates and their like are spread over powers of ten. */
  readonly isLog: boolean;
}

/** Every hyperparameter that differs between trials, the metric last. */
export function axesOf({ trials, primary_metric: metric, plan }: LiveSweep): Axis[] {
  const valuesOf = new Map<string, Set<unknown>>();
  for (const { configuration } of trials) {
    for (const name in configuration) {
      const values = valuesOf.get(name);
      if (values === undefined) valuesOf.set(name, new Set([configuration[name]]));
      else values.add(configuration[name]);
    }
  }
  const spaces = [plan.space.shared, ...plan.space.branches];
  const searched = [...valuesOf].flatMap(([name, values]): Axis[] => {
    if (values.size < 2) return [];
    const isNumber = [...values].every((value) => typeof value === 'number');
    const isLog = spaces.some((space) => space[name]?.type.includes('log'));
    return [{ name, categories: isNumber ? null : [...values].map(String).sort(), isLog: isNumber && isLog }];
  });
  return [...searched, { name: metric, categories: null, isLog: false }];
}

/** Where a trial lies on an axis; null where it has no such value. */
export function placeOn({ name, categories }: Axis, trial: TrialHead, metric: string): number | string | null {
  if (name === metric) return trial.best;
  const value = trial.configuration[name];
  if (value === undefined) return null;
  return categories === null ? Number(value) : String(value);
}

/** The best value so far after each trial that has one, in the order in which trials began. */
export function bestSoFar(trials: readonly TrialHead[]): (readonly [trial: number, best: number])[] {
  let best = Number.NEGATIVE_INFINITY;
  return trials.flatMap(({ number, best: value }) => {
    if (value === null) return [];
    best = Math.max(best, value);
    return [[number, best] as const];
  });
}

export interface Span {
  readonly trial: number;
  /** The device, numbered where it had several trials at a time. */
  readonly lane: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: TrialHead['state'];
}

/** When which trial was on which device; one that runs reaches to the latest moment known. */
export function spansOf({ trials, finished_at_ms: end }: LiveSweep, nowMs: number): Span[] {
  const begun = trials.flatMap(({ number, device, started_at_ms: fromMs, finished_at_ms: to, state }) =>
    device === null || fromMs === null ? [] : [{ trial: number, device, fromMs, toMs: to ?? end ?? nowMs, state }],
  );
  const lanes = new Map<string, number[]>(); // when each lane of a device is free again
  const placed = begun
    .sort((a, b) => a.fromMs - b.fromMs)
    .map((span) => {
      const free = lanes.get(span.device) ?? [];
      lanes.set(span.device, free);
      const found = free.findIndex((untilMs) => untilMs <= span.fromMs);
      const lane = found < 0 ? free.length : found;
      free[lane] = span.toMs;
      return { ...span, lane };
    });
  return placed.map(({ device, lane, ...span }) => ({
    ...span,
    lane: lanes.get(device)!.length === 1 ? device : `${device} #${lane + 1}`,
  }));
}

/** Points of a small curve in a box; the y axis is that of all trials, so that rows can be compared. */
export function sparkPath(
  curve: TrialHead['curve'],
  [low, high]: readonly [number, number],
  epochs: number,
  [width, height]: readonly [number, number],
): string {
  const x = (epoch: number) => (epochs > 1 ? ((epoch - 1) / (epochs - 1)) * width : 0);
  const y = (value: number) => (high > low ? height - ((value - low) / (high - low)) * height : height / 2);
  return curve
    .map(([epoch, value], i) => `${i === 0 ? 'M' : 'L'}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
}

/** Least and greatest metric of all trials. */
export function rangeOf(trials: readonly TrialHead[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { curve } of trials) {
    for (const [, value] of curve) [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  return low <= high ? [low, high] : [0, 1];
}

export type SortKey = 'number' | 'best' | 'state';

/** Trials in the order of a column; those without a value last. */
export function sortedTrials(trials: readonly TrialHead[], key: SortKey): TrialHead[] {
  if (key === 'number') return [...trials];
  if (key === 'state') return trials.toSorted((a, b) => a.state.localeCompare(b.state) || a.number - b.number);
  return trials.toSorted((a, b) => (b.best ?? Number.NEGATIVE_INFINITY) - (a.best ?? Number.NEGATIVE_INFINITY));
}
