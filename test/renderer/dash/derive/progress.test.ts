import { expect, test } from 'vitest';
import { doneFraction01, plannedEpochs, secondsLeft } from '../../../../renderer/dash/derive/progress.ts';
import { madeEpoch, madeHead } from '../../../kit/made-runs.ts';

const running = (seconds: readonly number[], planned = 10) =>
  madeHead(1, 0, {
    state: 'running',
    params: { number_of_epochs: planned },
    epochs: seconds.map((value, i) => madeEpoch(i + 1, { seconds: value })),
  });

test('progress is the share of the planned epochs', () => {
  expect(doneFraction01(running([1, 1, 1]))).toBe(0.3);
  expect(doneFraction01(running([]))).toBe(0);
});

test('a run that does not say how long it is has no share and no end', () => {
  const run = madeHead(1, 4, { state: 'running', params: {} });

  expect([plannedEpochs(run), doneFraction01(run), secondsLeft(run)]).toEqual([null, 0, null]);
});

test('the time left is judged by the last three epochs', () => {
  expect(secondsLeft(running([100, 10, 20, 30]))).toBe(6 * 20);
});

test('nothing is left of a run that ended, and nothing is known before the first epoch', () => {
  expect(secondsLeft({ ...running([10, 10]), state: 'cancelled' })).toBeNull();
  expect(secondsLeft(running([]))).toBeNull();
});

test('training time is the sum over epochs', () => {
  expect(running([1.5, 2, 3]).seconds).toBe(6.5);
});
