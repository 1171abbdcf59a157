import { describe, expect, test } from 'vitest';
import { shouldStop } from '../../../main/train/early-stopping.ts';

const rule = { delay: 5, patience: 5 };

describe('early stopping', () => {
  test('with delay 5 and patience 5, a run that never improves ends after evaluation 10', () => {
    const flat = new Array<number>(10).fill(0.5);

    expect(shouldStop(flat.slice(0, 9), rule)).toBe(false);
    expect(shouldStop(flat, rule)).toBe(true);
  });

  test('the best of the delay window is the baseline', () => {
    const values = [0.9, 0.1, 0.1, 0.1, 0.1, 0.5, 0.6, 0.7, 0.8, 0.85];

    expect(shouldStop(values, rule)).toBe(true);
  });

  test('an improvement starts the count anew, a tie does not', () => {
    const before = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];

    expect(shouldStop([...before, 0.2], rule)).toBe(false);
    expect(shouldStop([...before, 0.1], rule)).toBe(true);
  });

  test('with delay 1 and patience 1 the first miss ends the run', () => {
    expect(shouldStop([0.5, 0.6, 0.6], { delay: 1, patience: 1 })).toBe(true);
    expect(shouldStop([0.5, 0.6, 0.7], { delay: 1, patience: 1 })).toBe(false);
  });
});
