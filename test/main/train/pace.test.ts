import { expect, test } from 'vitest';
import { Pace } from '../../../main/train/pace.ts';

test('remaining time comes from the running epoch first, then from the median of finished ones', () => {
  let now = 0;
  const pace = new Pace(() => now, 4);

  expect(pace.remainingMs(1, 0)).toBeNull();
  now = 25;
  expect(pace.remainingMs(1, 0.25)).toBe(75 + 300);
  now = 100;
  pace.epochFinished();
  expect(pace.remainingMs(2, 0)).toBe(300);
  now = 150;
  expect(pace.remainingMs(2, 0.5)).toBe(250);
  now = 400; // a slow epoch never makes the estimate negative
  expect(pace.remainingMs(4, 0.9)).toBe(0);
});
