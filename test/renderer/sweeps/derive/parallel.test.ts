import { expect, test } from 'vitest';
import {
  type Brushes,
  chosenTrials,
  fraction01,
  movedTo,
  placeAt,
  placeOf,
  scaledAxes,
  textAt,
  ticksOf,
  withBrush,
} from '../../../../renderer/sweeps/derive/parallel.ts';
import { FIRST_VIEW, seen, turned } from '../../../../renderer/sweeps/derive/rotation.ts';
import { madeSweep, madeTrial } from '../../../kit/made-sweeps.ts';

/** Rates of 0.001, 0.01 and 0.1, which are drawn by their logarithm; two optimizers, one trial without any. */
const sweep = madeSweep([
  madeTrial(1, { configuration: { learning_rate: 0.001, optimizer: 'sgd' }, values: [0.2] }),
  madeTrial(2, { configuration: { learning_rate: 0.01, optimizer: 'adam' }, values: [0.4] }),
  madeTrial(3, { configuration: { learning_rate: 0.1 }, values: [0.6] }),
]);
const [rate, optimizer, accuracy] = scaledAxes(sweep, []) as [never, never, never];
const NOTHING: Brushes = new Map();

test('places are values, logarithms or positions of names, and read as what they stand for', () => {
  const at = (axis: typeof rate) =>
    sweep.trials.map((trial) => {
      const place = placeOf(axis, trial, 'accuracy');
      return place === null ? null : Number(fraction01(axis, place).toFixed(3));
    });

  expect([at(rate), at(optimizer), at(accuracy)]).toEqual([
    [0, 0.5, 1],
    [0.75, 0.25, null],
    [0, 0.5, 1],
  ]);
  expect(ticksOf(rate).map(({ text }) => text)).toEqual(['0.001', '0.00316', '0.01', '0.0316', '0.1']);
  expect(ticksOf(optimizer).map(({ text }) => text)).toEqual(['adam', 'sgd']);
  expect(textAt(optimizer, placeAt(optimizer, 1))).toBe('sgd');
});

test('what is brushed on several axes is chosen where it is inside all of them; without the value it is not', () => {
  const slow = withBrush(NOTHING, rate, [-2.5, -0.5]);
  const both = withBrush(slow, optimizer, [-0.4, 1.4]);

  expect(chosenTrials(sweep, NOTHING)).toBeNull();
  expect([...chosenTrials(sweep, slow)!]).toEqual([2, 3]);
  expect([...chosenTrials(sweep, both)!]).toEqual([2]);
  expect([...chosenTrials(sweep, withBrush(both, optimizer, null))!]).toEqual([2, 3]);
});

test('chosen up to the end of an axis takes in what comes beyond it, and all of an axis is no choice', () => {
  const best = withBrush(NOTHING, accuracy, [0.5, 0.6]);
  const better = { ...sweep, trials: [...sweep.trials, madeTrial(4, { values: [0.9] })] };

  expect([...chosenTrials(better, best)!]).toEqual([3, 4]);
  expect(withBrush(best, accuracy, [0.1, 0.7])).toEqual(NOTHING);
});

test('axes stand in the order asked for, those that come later where they belong', () => {
  const names = (order: readonly string[]) => scaledAxes(sweep, order).map(({ name }) => name);

  expect(names(movedTo(names([]), 'accuracy', 0))).toEqual(['accuracy', 'learning_rate', 'optimizer']);
  expect(names(['accuracy', 'learning_rate'])).toEqual(['accuracy', 'optimizer', 'learning_rate']);
  expect(movedTo(['a', 'b', 'c'], 'a', 9)).toEqual(['b', 'c', 'a']);
});

test('a cube is seen from the front, and turned from the side, never over the top', () => {
  const front = { yawRad: 0, pitchRad: 0 };
  const rounded = (point: readonly number[]) => point.map((x) => Math.round(1e9 * x) / 1e9 + 0);

  expect(rounded(seen([1, 0.5, -1], front))).toEqual([1, 0.5, 1]);
  expect(rounded(seen([0, 0, 1], turned(front, Math.PI / 2, 0)))).toEqual([1, 0, 0]);
  expect(rounded(seen([0, 1, 0], turned(front, 0, Math.PI / 2)))).toEqual([0, 0, 1]);
  expect(turned(FIRST_VIEW, 0, 9).pitchRad).toBe(Math.PI / 2);
});
