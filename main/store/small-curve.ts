/** A curve with few enough points for a small drawing. */

import { MOST_CURVE_POINTS, type SmallCurve } from '../../preload/contract/run.ts';

const DIGITS = 5; // more than a small drawing can show

/** Evenly chosen points, the first, the last and the best among them. */
export function smallCurve(points: readonly (readonly [epoch: number, value: number])[]): SmallCurve {
  const short = ([epoch, value]: readonly [number, number]): [number, number] => [
    epoch,
    Number(value.toPrecision(DIGITS)),
  ];
  if (points.length <= MOST_CURVE_POINTS) return points.map(short);
  const even = MOST_CURVE_POINTS - 1; // one place is kept for the best
  const chosen = new Set(Array.from({ length: even }, (_, i) => Math.round((i * (points.length - 1)) / (even - 1))));
  chosen.add(points.reduce((best, [, value], i) => (value > points[best]![1] ? i : best), 0));
  return [...chosen].sort((a, b) => a - b).map((i) => short(points[i]!));
}
