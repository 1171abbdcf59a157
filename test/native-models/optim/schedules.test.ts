import { describe, expect, test } from 'vitest';
import { learningRateFactor, type Schedule } from '../../../native-models/optim/schedules.ts';

const at = (schedule: Schedule, step: number, stepsPerEpoch = 10, totalEpochs = 15) =>
  learningRateFactor(schedule, { step, stepsPerEpoch, totalEpochs });

describe('warm-up and cosine', () => {
  const cosine: Schedule = { kind: 'warmup_cosine', cycles: 0.45, warmupEpochs: 2 };

  test('rises linearly over the warm-up epochs', () => {
    expect([0, 5, 10, 20].map((step) => at(cosine, step))).toEqual([0, 0.25, 0.5, 1]);
  });

  test('with 0.45 cycles ends at a factor of 0.02447', () => {
    expect(at(cosine, 150)).toBeCloseTo(0.02447, 5);
  });

  test('with half a cycle ends at zero, and a full one never goes below', () => {
    expect(at({ ...cosine, cycles: 0.5 }, 150)).toBeCloseTo(0, 12);
    expect(at({ ...cosine, cycles: 1 }, 85)).toBeGreaterThanOrEqual(0);
  });

  test('without warm-up starts at the full rate', () => {
    expect(at({ ...cosine, warmupEpochs: 0 }, 0)).toBe(1);
  });
});

test('step: rate 0.01, gamma 0.5, every 5 epochs, is 0.0025 in epoch 12', () => {
  const schedule: Schedule = { kind: 'step', gamma: 0.5, stepSize: 5 };

  expect(0.01 * at(schedule, 12 * 10 + 3)).toBe(0.0025);
  expect(at(schedule, 49)).toBe(1);
  expect(at(schedule, 50)).toBe(0.5);
});
