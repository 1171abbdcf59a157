import { describe, expect, test } from 'vitest';
import type { ReportingTrial } from '../../../main/search/pruners/pruner.ts';
import { judge } from '../../../main/search/pruners/pruners.ts';
import { Policy } from '../../../preload/contract/sweep-plan.ts';

const trials = (...reports: readonly (readonly number[])[]): ReportingTrial[] =>
  reports.map((values, i) => ({ number: i + 1, reports: values, isFinished: false }));

const policy = (given: unknown): Policy => Policy.parse(given);

/** Whether trial `number` is stopped; null where the policy says nothing. */
function stops(given: unknown, all: readonly ReportingTrial[], number = 1): boolean | null {
  return judge(policy(given), all[number - 1]!, all)?.is_stopped ?? null;
}

describe('bandit', () => {
  const factor = { type: 'bandit', slack_factor: 0.2 };
  const amount = { type: 'bandit', slack_amount: 0.2 };

  test('with a factor of 0.2 and a best of 0.8 cancels 0.666 and keeps 0.667', () => {
    expect(stops(factor, trials([0.666], [0.8]))).toBe(true);
    expect(stops(factor, trials([0.667], [0.8]))).toBe(false);
  });

  test('with a factor of 0.1 and a best of 0.5 has its limit at 0.4545', () => {
    const all = trials([0.4], [0.5]);

    expect(judge(policy({ type: 'bandit', slack_factor: 0.1 }), all[0]!, all)?.limit).toBeCloseTo(0.4545, 4);
  });

  test('with an amount of 0.2 and a best of 0.8 cancels 0.59, and keeps 0.6 and 0.61', () => {
    expect([0.59, 0.6, 0.61].map((y) => stops(amount, trials([y], [0.8])))).toEqual([true, false, false]);
  });

  test('judges by the best report so far, and others by what they had up to the same interval', () => {
    expect(stops(factor, trials([0.7, 0.1], [0.6, 0.8]))).toBe(false);
    expect(stops(factor, trials([0.5, 0.5], [0.55, 0.55, 0.99]))).toBe(false);
  });

  test('tells the numbers it went by', () => {
    const all = trials([0.5], [0.8]);

    expect(judge(policy(factor), all[0]!, all)).toEqual({
      policy: 'bandit',
      interval: 1,
      is_stopped: true,
      value: 0.5,
      limit: 0.8 / 1.2,
      explanation:
        'bandit: stopped at interval 1: best so far 0.5, limit 0.6667 = 0.8 / (1 + 0.2); 0.8 is the best of all trials up to interval 1 (trial 2)',
    });
  });
});

describe('when a policy is applied', () => {
  const applied = (given: object) =>
    Array.from({ length: 10 }, (_, i) => i + 1).filter(
      (n) => stops({ type: 'median_stopping', ...given }, trials(new Array<number>(n).fill(0.5))) !== null,
    );

  test('interval 2 with delay 6 is 6, 8, 10; with delay 5 the same; interval 1 with delay 5 is 5, 6, 7 and on', () => {
    expect(applied({ evaluation_interval: 2, delay_evaluation: 6 })).toEqual([6, 8, 10]);
    expect(applied({ evaluation_interval: 2, delay_evaluation: 5 })).toEqual([6, 8, 10]);
    expect(applied({ delay_evaluation: 5 })).toEqual([5, 6, 7, 8, 9, 10]);
    expect(applied({})).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('a trial without a report cannot be judged, and without a policy none is', () => {
    expect(stops({ type: 'median_stopping' }, trials([], [0.9]))).toBeNull();
    expect(stops({ type: 'none' }, trials([0.1], [0.9]))).toBeNull();
  });
});

describe('median stopping', () => {
  const all = trials([0.2, 0.4, 0.6], [0.5, 0.5, 0.5], [0.1, 0.1, 0.1]);

  test('of averages 0.4, 0.5 and 0.1 the median is 0.4, and only the third trial is cancelled', () => {
    const decisions = all.map((trial) => judge(policy({ type: 'median_stopping' }), trial, all)!);

    expect(decisions.map(({ is_stopped }) => is_stopped)).toEqual([false, false, true]);
    expect(decisions[2]!.limit).toBeCloseTo(0.4, 12);
  });

  test('a trial with fewer reports takes part with those it has, one without any does not', () => {
    const mixed = [...trials([0.3, 0.3], [0.9], [])];

    expect(judge(policy({ type: 'median_stopping' }), mixed[0]!, mixed)).toMatchObject({
      is_stopped: true,
      limit: 0.6,
      explanation: expect.stringContaining('2 trials'),
    });
  });
});

describe('truncation selection', () => {
  const given = { type: 'truncation_selection', truncation_percentage: 20 };
  const ten = trials(...Array.from({ length: 10 }, (_, i) => [0.1 * i]));

  test('of ten trials with distinct scores 20 % are the two lowest', () => {
    expect(ten.map((_, i) => stops(given, ten, i + 1))).toEqual([true, true, ...new Array(8).fill(false)]);
  });

  test('rounds down, so that of four trials 20 % are none, and of equal trials none is the lower one', () => {
    expect(stops(given, ten.slice(0, 4), 1)).toBe(false);
    expect(stops({ ...given, truncation_percentage: 50 }, trials([0.5], [0.5], [0.5], [0.5]))).toBe(false);
  });

  test('ranks others by what they had up to the same interval, finished ones included unless left out', () => {
    const young = trials([0.3], [0.2, 0.9], [0.25, 0.95], [0.1, 0.8], [0.2, 0.7]);
    const finished = [{ ...ten[0]!, number: 1 }, ...ten.slice(1).map((trial) => ({ ...trial, isFinished: true }))];

    expect(stops(given, young, 1)).toBe(false);
    expect(stops(given, finished, 1)).toBe(true);
    expect(stops({ ...given, exclude_finished_jobs: true }, finished, 1)).toBe(false);
  });
});

describe('successive halving', () => {
  const given = { type: 'successive_halving', reduction_factor: 3, minimum_intervals: 1 };

  test('judges at its rungs only', () => {
    const rungs = Array.from({ length: 30 }, (_, i) => i + 1).filter(
      (n) => stops(given, trials(new Array<number>(n).fill(0.5))) !== null,
    );

    expect(rungs).toEqual([1, 3, 9, 27]);
  });

  test('lets the best third of those that have come so far go on, and the first one always', () => {
    const nine = trials(...Array.from({ length: 9 }, (_, i) => [0.1 * i]));

    expect(stops(given, trials([0.1]))).toBe(false);
    expect(nine.map((_, i) => stops(given, nine, i + 1))).toEqual([...new Array(6).fill(true), false, false, false]);
  });

  test('counts only trials that have reached the rung', () => {
    const all = trials([0.1, 0.2, 0.3], [0.9], [0.8, 0.8]);

    expect(judge(policy(given), all[0]!, all)).toMatchObject({
      is_stopped: false,
      explanation: expect.stringContaining('place 1 of the 1 trials'),
    });
  });
});
