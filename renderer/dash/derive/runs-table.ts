/** Rows of the table of runs: what each column sorts by, and which run is the best. */

import type { RunHead } from '../../../preload/contract/run.ts';
import { doneFraction01 } from './progress.ts';

export type SortKey =
  | 'run'
  | 'state'
  | 'model'
  | 'metric'
  | 'progress'
  | 'train-loss'
  | 'learning-rate'
  | 'speed'
  | 'duration';

export interface Sorting {
  readonly key: SortKey;
  readonly direction: 'ascending' | 'descending';
}

export const NEWEST_FIRST: Sorting = { key: 'run', direction: 'descending' };

const VALUES: { readonly [K in SortKey]: (run: RunHead) => string | number | null } = {
  run: (run) => run.created_at_ms,
  state: (run) => run.state,
  model: (run) => run.model,
  metric: (run) => run.primary_metric.best,
  progress: doneFraction01,
  'train-loss': (run) => run.last_epoch?.train_loss ?? null,
  'learning-rate': (run) => run.last_epoch?.learning_rate ?? null,
  speed: (run) => run.last_epoch?.images_per_second ?? null,
  duration: (run) => run.seconds,
};

/** The runs in the order asked for; those without a value come last either way, equal ones keep their order. */
export function sortedRuns(runs: readonly RunHead[], sorting: Sorting): RunHead[] {
  const valueIn = VALUES[sorting.key];
  const sign = sorting.direction === 'ascending' ? 1 : -1;
  return runs.toSorted((a, b) => {
    const [left, right] = [valueIn(a), valueIn(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return left < right ? -sign : left > right ? sign : 0;
  });
}

/** A second choice of the same column turns it round; numbers start with the largest. */
export function nextSorting(current: Sorting, key: SortKey): Sorting {
  if (current.key === key) {
    return { key, direction: current.direction === 'ascending' ? 'descending' : 'ascending' };
  }
  return { key, direction: key === 'state' || key === 'model' ? 'ascending' : 'descending' };
}

/** The run with the highest primary metric, the older of two equal ones; null before the first evaluation. */
export function bestRun(runs: readonly RunHead[]): RunHead | null {
  const [best] = sortedRuns(
    runs.toSorted((a, b) => a.created_at_ms - b.created_at_ms),
    {
      key: 'metric',
      direction: 'descending',
    },
  );
  return best === undefined || best.primary_metric.best === null ? null : best;
}
