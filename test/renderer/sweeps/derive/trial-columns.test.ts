import { expect, test } from 'vitest';
import { importances } from '../../../../renderer/sweeps/derive/importance.ts';
import { withSweepEvent } from '../../../../renderer/sweeps/derive/live-sweep.ts';
import {
  axesOf,
  bestSoFar,
  placeOn,
  rangeOf,
  sortedTrials,
  spansOf,
  sparkPath,
} from '../../../../renderer/sweeps/derive/trial-columns.ts';
import { madeSweep, madeTrial } from '../../../kit/made-sweeps.ts';

test('axes are what differs between trials, names as categories, logarithms where they were drawn so, the metric last', () => {
  const optimizer = (name: string) => ({ learning_rate: 0.1, momentum: 0.5, optimizer: name });
  const sweep = madeSweep([
    madeTrial(1),
    madeTrial(2, { configuration: optimizer('sgd') }),
    madeTrial(3, { configuration: optimizer('adam') }),
  ]);

  expect(axesOf(sweep)).toEqual([
    { name: 'learning_rate', categories: null, isLog: true },
    { name: 'optimizer', categories: ['adam', 'sgd'], isLog: false },
    { name: 'accuracy', categories: null, isLog: false },
  ]);
  expect(axesOf(sweep).map((axis) => placeOn(axis, sweep.trials[0]!, 'accuracy'))).toEqual([0.01, null, 0.2]);
});

test('the best so far never falls, and trials without a value are left out', () => {
  const trials = [
    madeTrial(1, { values: [0.5] }),
    madeTrial(2, { values: [] }),
    madeTrial(3, { values: [0.4] }),
    madeTrial(4, { values: [0.6] }),
  ];

  expect(bestSoFar(trials)).toEqual([
    [1, 0.5],
    [3, 0.5],
    [4, 0.6],
  ]);
  expect(sortedTrials(trials, 'best').map(({ number }) => number)).toEqual([4, 1, 3, 2]);
  expect(rangeOf(trials)).toEqual([0.4, 0.6]);
  expect(rangeOf([])).toEqual([0, 1]);
});

test('a trial that runs reaches to now on the timeline, one that has not begun is not there', () => {
  const sweep = madeSweep([
    madeTrial(1),
    madeTrial(2, { state: 'running', finished_at_ms: null }),
    madeTrial(3, { state: 'queued', started_at_ms: null, finished_at_ms: null }),
  ]);

  expect(spansOf(sweep, 9000).map(({ trial, fromMs, toMs }) => [trial, fromMs, toMs])).toEqual([
    [1, 1000, 1900],
    [2, 2000, 9000],
  ]);
});

test('a small curve has the epochs still to come as room, and all rows the same height', () => {
  expect(sparkPath([0, 1], [0, 1], 5, [100, 20])).toBe('M0.0 20.0L25.0 0.0');
  expect(sparkPath([0.5], [0.5, 0.5], 1, [100, 20])).toBe('M0.0 10.0');
});

test('events of a sweep replace the trials they tell of and add others in their place', () => {
  const before = madeSweep([madeTrial(1), madeTrial(3)]);
  const { trials: _, ...head } = madeSweep([], { state: 'completed' });

  const after = withSweepEvent(before, {
    type: 'changed',
    sweep: { ...head, trial_count: 3, running_count: 0 },
    trials: [madeTrial(2), madeTrial(3, { state: 'stopped' })],
  });

  expect(after?.state).toBe('completed');
  expect(after?.trials.map(({ number, state }) => `${number} ${state}`)).toEqual([
    '1 completed',
    '2 completed',
    '3 stopped',
  ]);
  expect(after).not.toHaveProperty('trial_count');
});

test('importance names the hyperparameter that decides, and says nothing of too few trials', () => {
  const trials = Array.from({ length: 40 }, (_, i) => {
    const [rate, momentum] = [((i * 7) % 40) / 400 + 0.001, ((i * 13) % 40) / 40];
    return madeTrial(i + 1, {
      configuration: { learning_rate: rate, momentum },
      values: [1 - Math.abs(rate - 0.05) * 8],
    });
  });

  const found = importances(madeSweep(trials));

  expect(found[0]!.name).toBe('learning_rate');
  expect(found[0]!.share01).toBeGreaterThan(0.8);
  expect(importances(madeSweep(trials.slice(0, 5)))).toEqual([]);
  expect(importances(madeSweep(trials))).toEqual(found);
});
