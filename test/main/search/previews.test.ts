import { expect, test } from 'vitest';
import { histogram } from '../../../main/search/histogram.ts';
import { previewPolicies } from '../../../main/search/policy-preview.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';

const total = (bars: readonly { count: number }[]) => bars.reduce((sum, { count }) => sum + count, 0);

test('a histogram has a bar for each of few values, and parts of a range otherwise', () => {
  const choice = histogram({ type: 'choice', values: ['b', 'a'] }, rngFrom(1));
  const steps = histogram({ type: 'quniform', min: 0, max: 10, q: 4 }, rngFrom(1));
  const range = histogram({ type: 'loguniform', min: -6, max: -1 }, rngFrom(1));

  expect(choice.map(({ label }) => label)).toEqual(['b', 'a']);
  expect(steps.map(({ label }) => label)).toEqual(['0', '4', '8']);
  expect(range.length).toBe(24);
  expect(range[0]!.count).toBeGreaterThan(range.at(-1)!.count);
  expect([choice, steps, range].map(total)).toEqual([600, 600, 600]);
});

test('policies tried on the past say what they would have saved and whether they would have lost the best', () => {
  const climbing = (top: number) => Array.from({ length: 10 }, (_, i) => (top * (i + 1)) / 10);
  const late = [...new Array<number>(9).fill(0.1), 1];
  const sweep = [climbing(0.8), climbing(0.2), climbing(0.3), late].map((values, i) => ({ number: i + 1, values }));

  const previews = previewPolicies([sweep, []]);

  expect(previews.map(({ policy }) => policy)).toEqual([
    'bandit',
    'median_stopping',
    'truncation_selection',
    'successive_halving',
  ]);
  expect(previews[0]).toEqual({
    policy: 'bandit',
    sweeps: 1,
    trials_stopped: 3,
    epochs: 40,
    epochs_saved: 12,
    best_lost: 1,
  });
  expect(previewPolicies([])[0]).toMatchObject({ sweeps: 0, epochs: 0 });
});
