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
  const numbers = values.map(Number);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const width = (high - low) / BARS;
  const bars = Array.from({ length: BARS }, (_, i) => ({
    label: Number((low + i * width).toPrecision(3)).toString(),
    count: 0,
  }));
  for (const x of numbers) bars[Math.min(BARS - 1, Math.floor((x - low) / width))]!.count++;
  return bars;
}

const toBars = (counts: ReadonlyMap<string, number>): Bar[] => [...counts].map(([label, count]) => ({ label, count }));
