import { describe, expect, test } from 'vitest';
import { epochOrder, stepsPerEpoch } from '../../../main/train/order.ts';

describe('the order of an epoch', () => {
  test('uses every image once and completes the last batch from the start', () => {
    const order = epochOrder(10, 4, 1, 1);

    expect(order.length).toBe(12);
    expect([...order.slice(0, 10)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...order.slice(10)]).toEqual([...order.slice(0, 2)]);
  });

  test('differs from epoch to epoch and from seed to seed, and repeats for the same', () => {
    const order = (seed: number, epoch: number) => [...epochOrder(100, 10, seed, epoch)];

    expect(order(1, 1)).toEqual(order(1, 1));
    expect(order(1, 1)).not.toEqual(order(1, 2));
    expect(order(1, 1)).not.toEqual(order(2, 1));
  });

  test('counts a started batch as a step', () => {
    expect([stepsPerEpoch(10, 4), stepsPerEpoch(8, 4), stepsPerEpoch(1, 4)]).toEqual([3, 2, 1]);
  });
});
