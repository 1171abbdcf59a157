import { expect, test } from 'vitest';
import {
  bestRun,
  NEWEST_FIRST,
  nextSorting,
  type SortKey,
  sortedRuns,
} from '../../../../renderer/dash/derive/runs-table.ts';
import { madeHead } from '../../../kit/made-runs.ts';

const runs = [
  madeHead(1, 9, { model: 'resnet18' }),
  madeHead(2, 0, { state: 'queued' }),
  madeHead(3, 12),
  madeHead(4, 3, { state: 'failed' }),
];
const idsBy = (key: SortKey, direction: 'ascending' | 'descending') =>
  sortedRuns(runs, { key, direction }).map(({ id }) => id);

test('runs stand newest first to begin with', () => {
  expect(sortedRuns(runs, NEWEST_FIRST).map(({ id }) => id)).toEqual(['r0004', 'r0003', 'r0002', 'r0001']);
});

test('runs without a value come last in both directions', () => {
  expect(idsBy('metric', 'descending')).toEqual(['r0003', 'r0001', 'r0004', 'r0002']);
  expect(idsBy('metric', 'ascending')).toEqual(['r0004', 'r0001', 'r0003', 'r0002']);
});

test('words sort by the alphabet, and equal ones keep their order', () => {
  expect(idsBy('model', 'ascending')).toEqual(['r0002', 'r0003', 'r0004', 'r0001']);
});

test('sorting changes nothing in the runs it was given', () => {
  const before = [...runs];

  sortedRuns(runs, { key: 'duration', direction: 'ascending' });

  expect(runs).toEqual(before);
});

test('the same column again turns the order round, another starts its own way', () => {
  const first = nextSorting(NEWEST_FIRST, 'metric');

  expect(first).toEqual({ key: 'metric', direction: 'descending' });
  expect(nextSorting(first, 'metric')).toEqual({ key: 'metric', direction: 'ascending' });
  expect(nextSorting(first, 'model')).toEqual({ key: 'model', direction: 'ascending' });
});

test('the best run has the highest metric, the older of two equal ones', () => {
  const again = { ...madeHead(5, 12), primary_metric: runs[2]!.primary_metric };

  expect(bestRun([again, ...runs])?.id).toBe('r0003');
});

test('there is no best run before the first evaluation', () => {
  expect([bestRun([]), bestRun([runs[1]!])]).toEqual([null, null]);
});
