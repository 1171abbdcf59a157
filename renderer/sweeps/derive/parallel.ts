/** Parallel coordinates: where trials lie on each axis, which of them are chosen, in which order axes stand. */

import type { TrialHead } from '../../../preload/contract/sweep.ts';
import type { LiveSweep } from './live-sweep.ts';
import { type Axis, axesOf, placeOn } from './trial-columns.ts';

/** An axis with its ends. A place is a number along it: a value, its logarithm, or the position of a name. */
export interface ScaledAxis extends Axis {
  readonly low: number;
  readonly high: number;
}

/** What is chosen on each axis, from a place to a place; without end where it was chosen up to the end of the axis. */
export type Brushes = ReadonlyMap<string, readonly [low: number, high: number]>;

const ROOM = 0.5; // beside the first and the last name, in names

/** The axes of a sweep in the order asked for; those that are not named there come where they belong by themselves. */
export function scaledAxes(sweep: LiveSweep, order: readonly string[]): ScaledAxis[] {
  const axes = axesOf(sweep).map((axis) => scaled(axis, sweep));
  const rank = (name: string) => order.indexOf(name);
  const named = axes.filter(({ name }) => rank(name) >= 0).sort((a, b) => rank(a.name) - rank(b.name));
  return axes.map((axis) => (rank(axis.name) >= 0 ? named.shift()! : axis));
}

function scaled(axis: Axis, { trials, primary_metric: metric }: LiveSweep): ScaledAxis {
  if (axis.categories !== null) return { ...axis, low: -ROOM, high: axis.categories.length - 1 + ROOM };
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const trial of trials) {
    const place = placeOf(axis, trial, metric);
    if (place !== null && Number.isFinite(place)) [low, high] = [Math.min(low, place), Math.max(high, place)];
  }
  if (low > high) return { ...axis, low: 0, high: 1 };
  return low === high ? { ...axis, low: low - ROOM, high: high + ROOM } : { ...axis, low, high };
}

/** Null where the trial has no such value. */
export function placeOf(axis: Axis, trial: TrialHead, metric: string): number | null {
  const value = placeOn(axis, trial, metric);
  if (value === null) return null;
  if (typeof value === 'string') return axis.categories!.indexOf(value);
  return axis.isLog ? Math.log10(value) : value;
}

/** From the low end (0) to the high end (1). */
export const fraction01 = ({ low, high }: ScaledAxis, place: number): number => (place - low) / (high - low);

export const placeAt = ({ low, high }: ScaledAxis, at01: number): number => low + at01 * (high - low);

const DIGITS = 3;
const TICKS = 5;

/** What a person reads at a place. */
export function textAt(axis: ScaledAxis, place: number): string {
  const { categories: names } = axis;
  if (names !== null) return names[Math.max(0, Math.min(names.length - 1, Math.round(place)))]!;
  return String(Number((axis.isLog ? 10 ** place : place).toPrecision(DIGITS)));
}

/** A few places to name. */
export function ticksOf(axis: ScaledAxis): readonly { readonly at01: number; readonly text: string }[] {
  const places =
    axis.categories?.map((_, i) => i) ?? Array.from({ length: TICKS }, (_, i) => placeAt(axis, i / (TICKS - 1)));
  return places.map((place) => ({ at01: fraction01(axis, place), text: textAt(axis, place) }));
}

/** Numbers of the trials inside every brush; null while nothing is chosen. A trial without the value is in none. */
export function chosenTrials(sweep: LiveSweep, brushes: Brushes): ReadonlySet<number> | null {
  const brushed = brushes.size === 0 ? [] : axesOf(sweep).filter(({ name }) => brushes.has(name));
  if (brushed.length === 0) return null;
  const isInside = (trial: TrialHead) =>
    brushed.every((axis) => {
      const [low, high] = brushes.get(axis.name)!;
      const place = placeOf(axis, trial, sweep.primary_metric);
      return place !== null && place >= low && place <= high;
    });
  return new Set(sweep.trials.filter(isInside).map(({ number }) => number));
}

/** The brushes with one of them changed; one that takes in the whole axis is none. A better trial to come is in "the best". */
export function withBrush(brushes: Brushes, axis: ScaledAxis, chosen: readonly [number, number] | null): Brushes {
  const others = [...brushes].filter(([name]) => name !== axis.name);
  if (chosen === null || (chosen[0] <= axis.low && chosen[1] >= axis.high)) return new Map(others);
  const low = chosen[0] <= axis.low ? Number.NEGATIVE_INFINITY : chosen[0];
  const high = chosen[1] >= axis.high ? Number.POSITIVE_INFINITY : chosen[1];
  return new Map([...others, [axis.name, [low, high]]]);
}

/** What is chosen as far as the axis reaches. */
export const within = (axis: ScaledAxis, [low, high]: readonly [number, number]): readonly [number, number] => [
  Math.min(axis.high, Math.max(axis.low, low)),
  Math.max(axis.low, Math.min(axis.high, high)),
];

/** The names of axes with one of them moved to a position. */
export function movedTo(order: readonly string[], name: string, to: number): string[] {
  const others = order.filter((other) => other !== name);
  return others.toSpliced(Math.max(0, Math.min(others.length, to)), 0, name);
}
