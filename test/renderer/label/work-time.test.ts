import { expect, test } from 'vitest';
import { LONGEST_PAUSE_MS, WorkTime } from '../../../renderer/label/work-time.ts';

test('what lies between deeds is work, and a long pause counts as a short one', () => {
  const time = new WorkTime(1000);
  time.note(3000);
  time.note(3500.5);
  time.note(3500.5 + 10 * LONGEST_PAUSE_MS);

  expect(time.untoldMs).toBe(2500.5 + LONGEST_PAUSE_MS);
});

test('what was taken is not told twice, and what could not be told is told again', () => {
  const time = new WorkTime(0);
  time.note(1500.75);
  const first = time.take();
  time.giveBack(first);
  time.note(2000.5);

  expect([first, time.take(), time.take()]).toEqual([1500, 2000, 0]);
  expect(time.untoldMs).toBe(2000.5); // it is on its way
  time.told(2000);
  expect(time.untoldMs).toBe(0.5);
});
