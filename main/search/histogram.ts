/** What a distribution draws, seen in a sample. */

import type { Distribution } from '../../preload/contract/sweep-plan.ts';
import { valueAt } from './distributions.ts';
import type { Draws } from './samplers/sampler.ts';

const DRAWS = 600;
const BARS = 24;

export interface Bar {
  /** A value, or where a range of values begins. */
  readonly label: string;
  readonly count: number;
}

/** A bar for each value where those are few, else one for each part of the range. */
export function histogram(distribution: Distribution, draws: Draws): Bar[] {
  const values = Array.from({ length: DRAWS }, () => valueAt(distribution, draws.uniform()));
  const counts = new Map<string, number>();
  if (distribution.type === 'choice') for (const value of distribution.values) counts.set(String(value), 0);
  for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  if (distribution.type === 'choice') return toBars(counts);
  if (counts.size <= BARS) return toBars(new Map([...counts].sort(([a], [b]) => Number(a) - Number(b))));
  // What is drawn by its logarithm is shown by it: else all but the first bars are empty.
  const isLog = distribution.type.includes('log') && values.every((value) => Number(value) > 0);
  const places = values.map((value) => (isLog ? Math.log(Number(value)) : Number(value)));
  const [low, high] = [Math.min(...places), Math.max(...places)];
  const width = (high - low) / BARS;
  const bars = Array.from({ length: BARS }, (_, i) => {
    const from = low + i * width;
    return { label: Number((isLog ? Math.exp(from) : from).toPrecision(3)).toString(), count: 0 };
  });
  for (const place of places) bars[Math.min(BARS - 1, Math.floor((place - low) / width))]!.count++;
  return bars;
}

const toBars = (counts: ReadonlyMap<string, number>): Bar[] => [...counts].map(([label, count]) => ({ label, count }));
