import { describe, expect, test } from 'vitest';
import {
  epochTicks,
  learningRateSeries,
  lossSeries,
  metricNames,
  primarySeries,
  sparkline,
} from '../../../../renderer/dash/derive/series.ts';
import { madeCurved, madeEpoch } from '../../../kit/made-runs.ts';

describe('curves of a run', () => {
  const epochs = [
    madeEpoch(1, { train_loss: 2, metrics: { accuracy: 0.5, valid_loss: 1.5 }, learning_rate: 0.01 }),
    madeEpoch(2, { train_loss: 1, metrics: {}, learning_rate: 0.02 }),
    madeEpoch(3, { train_loss: 0.5, metrics: { accuracy: null, valid_loss: 0.75 }, learning_rate: 0.03 }),
    madeEpoch(4, { train_loss: 0.25, metrics: { accuracy: 0.8, valid_loss: 0.5 }, learning_rate: 0.04 }),
  ];
  const run = madeCurved(1, 0, { epochs });

  test('losses have a point per measured epoch', () => {
    expect(lossSeries(run)).toEqual([
      {
        name: 'training',
        points: [
          [1, 2],
          [2, 1],
          [3, 0.5],
          [4, 0.25],
        ],
      },
      {
        name: 'validation',
        points: [
          [1, 1.5],
          [3, 0.75],
          [4, 0.5],
        ],
      },
    ]);
  });

  test('a run without validation has one loss', () => {
    const bare = madeCurved(1, 0, { epochs: [madeEpoch(1, { metrics: {} })] });

    expect(lossSeries(bare).map(({ name }) => name)).toEqual(['training']);
  });

  test('epochs whose metric is missing or undefined have no point', () => {
    expect(primarySeries(run)).toEqual({
      name: 'accuracy',
      points: [
        [1, 0.5],
        [4, 0.8],
      ],
    });
  });

  test('the learning rate has a point per epoch', () => {
    expect(learningRateSeries(run).points).toEqual([
      [1, 0.01],
      [2, 0.02],
      [3, 0.03],
      [4, 0.04],
    ]);
  });

  test('the primary metric is named first, the others as they appear', () => {
    const rows = [madeEpoch(1, { metrics: { valid_loss: 1 } }), madeEpoch(2, { metrics: { f1: 1, accuracy: 1 } })];

    expect(metricNames(madeCurved(1, 0, { epochs: rows }))).toEqual(['accuracy', 'valid_loss', 'f1']);
    expect(metricNames(madeCurved(1, 0))).toEqual([]);
  });
});

describe('ticks of the epoch axis', () => {
  test.each([
    [1, [1, 2]],
    [3, [1, 2, 3]],
    [15, [1, 2, 4, 6, 8, 10, 12, 15]],
    [20, [1, 5, 10, 15, 20]],
    [40, [1, 5, 10, 15, 20, 25, 30, 35, 40]],
    [103, [1, 20, 40, 60, 80, 103]],
  ])('up to epoch %i', (last, ticks) => {
    expect(epochTicks(last)).toEqual(ticks);
  });
});

describe('a small line', () => {
  test('fills its box, with high values at the top', () => {
    expect(
      sparkline(
        [
          [1, 0],
          [2, 10],
          [5, 5],
        ],
        100,
        20,
      ),
    ).toBe('M0.0 20.0L25.0 0.0L100.0 10.0');
  });

  test('runs through the middle when nothing changes', () => {
    expect(
      sparkline(
        [
          [1, 3],
          [2, 3],
        ],
        100,
        20,
      ),
    ).toBe('M0.0 10.0L100.0 10.0');
  });

  test('is none for fewer than two points', () => {
    expect([sparkline([], 100, 20), sparkline([[1, 3]], 100, 20)]).toEqual([null, null]);
  });
});
