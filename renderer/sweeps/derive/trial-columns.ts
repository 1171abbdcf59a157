/** What trials have in numbers and names, as axes of a chart. */

import type { SweepSummary, TrialSummary } from '../../../preload/contract/sweep.ts';

export interface Axis {
  readonly name: string;
  /** Names in order where it has no numbers. */
  readonly categories: readonly string[] | null;
  /** Learning rates and their like are spread over powers of ten. */
  readonly isLog: boolean;
}

/** Every hyperparameter that differs between trials, the metric last. */
export function axesOf({ trials, primary_metric: metric, plan }: SweepSummary): Axis[] {
  const names = [...new Set(trials.flatMap(({ configuration }) => Object.keys(configuration)))];
  const spaces = [plan.space.shared, ...plan.space.branches];
  const searched = names.flatMap((name): Axis[] => {
    const values = trials.flatMap(({ configuration }) => configuration[name] ?? []);
    if (new Set(values).size < 2) return [];
    const isNumber = values.every((value) => typeof value === 'number');
    const isLog = spaces.some((space) => space[name]?.type.includes('log'));
    return [{ name, categories: isNumber ? null : [...new Set(values.map(String))].sort(), isLog: isNumber && isLog }];
  });
  return [...searched, { name: metric, categories: null, isLog: false }];
}

/** Where a trial lies on an axis; null where it has no such value. */
export function placeOn({ name, categories }: Axis, trial: TrialSummary, metric: string): number | string | null {
  if (name === metric) return trial.best;
  const value = trial.configuration[name];
  if (value === undefined) return null;
  return categories === null ? Number(value) : String(value);
}

/** The best value so far after each trial that has one, in the order in which trials began. */
export function bestSoFar(trials: readonly TrialSummary[]): (readonly [trial: number, best: number])[] {
  let best = Number.NEGATIVE_INFINITY;
  return trials.flatMap(({ number, best: value }) => {
    if (value === null) return [];
    best = Math.max(best, value);
    return [[number, best] as const];
  });
}

export interface Span {
  readonly trial: number;
  readonly device: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: TrialSummary['state'];
}

/** When which trial was on which device; one that runs reaches to the latest moment known. */
export function spansOf({ trials, finished_at_ms: end }: SweepSummary, nowMs: number): Span[] {
  return trials.flatMap(({ number, device, started_at_ms: from, finished_at_ms: to, state }) =>
    device === null || from === null ? [] : [{ trial: number, device, fromMs: from, toMs: to ?? end ?? nowMs, state }],
  );
}

/** Points of a small curve in a box; the y axis is that of all trials, so that rows can be compared. */
export function sparkPath(
  values: readonly number[],
  [low, high]: readonly [number, number],
  epochs: number,
  [width, height]: readonly [number, number],
): string {
  const x = (i: number) => (epochs > 1 ? (i / (epochs - 1)) * width : 0);
  const y = (value: number) => (high > low ? height - ((value - low) / (high - low)) * height : height / 2);
  return values.map((value, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`).join('');
}

/** Least and greatest metric of all trials. */
export function rangeOf(trials: readonly TrialSummary[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of trials) {
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  return low <= high ? [low, high] : [0, 1];
}

export type SortKey = 'number' | 'best' | 'state';

/** Trials in the order of a column; those without a value last. */
export function sortedTrials(trials: readonly TrialSummary[], key: SortKey): TrialSummary[] {
  if (key === 'number') return [...trials];
  if (key === 'state') return trials.toSorted((a, b) => a.state.localeCompare(b.state) || a.number - b.number);
  return trials.toSorted((a, b) => (b.best ?? Number.NEGATIVE_INFINITY) - (a.best ?? Number.NEGATIVE_INFINITY));
}
