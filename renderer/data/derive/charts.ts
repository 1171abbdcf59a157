/** What the charts of a project show: balance of classes, sizes and shapes, each bin with a name. */

import type { Bin, DataFacts } from '../../../preload/contract/data.ts';

export interface NamedCount {
  readonly name: string;
  readonly count: number;
  readonly color?: string;
}

/** Classes, the most frequent first; by objects where there are any, else by images. */
export function classBalance({ classes, objects }: DataFacts): NamedCount[] {
  return classes
    .map((entry) => ({ name: entry.name, color: entry.color, count: objects > 0 ? entry.objects : entry.images }))
    .toSorted((a, b) => b.count - a.count);
}

/** How many times more frequent the most frequent class is than the least; null for fewer than two classes. */
export function imbalance(balance: readonly NamedCount[]): number | null {
  const counts = balance.map(({ count }) => count).filter((count) => count > 0);
  return counts.length < 2 ? null : Math.max(...counts) / Math.min(...counts);
}

/** `256 to 512`, the last one open. */
export function namedBins(bins: readonly Bin[]): NamedCount[] {
  return bins.map(({ from, to, count }) => ({
    name: to === null ? `${from} and more` : `${from} to ${to}`,
    count,
  }));
}
