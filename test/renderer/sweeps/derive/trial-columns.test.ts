import { expect, test } from 'vitest';
import { type Importance, importances } from '../../../../renderer/sweeps/derive/importance.ts';
import { type LiveSweep, withSweepEvent } from '../../../../renderer/sweeps/derive/live-sweep.ts';
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

function importanceOf(sweep: LiveSweep): readonly Importance[] {
  const steps = importances(sweep);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

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

test('trials at the same time on one device have a lane each', () => {
  const sweep = madeSweep([
    madeTrial(1, { started_at_ms: 0, finished_at_ms: 100 }),
    madeTrial(2, { started_at_ms: 10, finished_at_ms: 60 }),
    madeTrial(3, { started_at_ms: 60, finished_at_ms: 90 }),
    madeTrial(4, { started_at_ms: 0, finished_at_ms: 90, device: 'cuda:0' }),
  ]);

  expect(
    spansOf(sweep, 200)
      .map(({ trial, lane }) => `${trial} ${lane}`)
      .sort(),
  ).toEqual(['1 cpu #1', '2 cpu #2', '3 cpu #2', '4 cuda:0']);
});

test('a small curve has the epochs still to come as room, and all rows the same height', () => {
  expect(
    sparkPath(
      [
        [1, 0],
        [2, 1],
      ],
      [0, 1],
      5,
      [100, 20],
    ),
  ).toBe('M0.0 20.0L25.0 0.0');
  expect(sparkPath([[1, 0.5]], [0.5, 0.5], 1, [100, 20])).toBe('M0.0 10.0');
});

test('events of a sweep replace the trials they tell of and add others in their place', () => {
  const before = madeSweep([madeTrial(1), madeTrial(3)]);
  const { trials: _trials, plan, ...head } = madeSweep([], { state: 'completed' });

  const after = withSweepEvent(before, {
    type: 'changed',
    sweep: { ...head, trial_count: 3 },
    plan: { ...plan, iterations: 12 },
    trials: [madeTrial(2), madeTrial(3, { state: 'stopped' })],
  });

  expect(after?.state).toBe('completed');
  expect(after?.trials.map(({ number, state }) => `${number} ${state}`)).toEqual([
    '1 completed',
    '2 completed',
    '3 stopped',
  ]);
  expect(after).toMatchObject({ trial_count: 3, plan: { iterations: 12 } });
});

test('importance names the hyperparameter that decides, and says nothing of too few trials', () => {
  const trials = Array.from({ length: 40 }, (_, i) => {
    const [rate, momentum] = [((i * 7) % 40) / 400 + 0.001, ((i * 13) % 40) / 40];
    return madeTrial(i + 1, {
      configuration: { learning_rate: rate, momentum },
      values: [1 - Math.abs(rate - 0.05) * 8],
    });
  });

  const found = importanceOf(madeSweep(trials));

  expect(found[0]!.name).toBe('learning_rate');
  expect(found[0]!.share01).toBeGreaterThan(0.8);
  expect(importanceOf(madeSweep(trials.slice(0, 5)))).toEqual([]);
  expect(importanceOf(madeSweep(trials))).toEqual(found);
});
