import { expect, test } from 'vitest';
import { WaitTimer } from '../../../main/train/wait-timer.ts';

test('what is counted is the time until each item comes, not what its reader then does', async () => {
  let nowMs = 0;
  async function* slow() {
    for (const [item, takesMs] of [
      ['a', 5],
      ['b', 7],
    ] as const) {
      nowMs += takesMs;
      yield item;
    }
  }
  const timer = new WaitTimer(() => nowMs);
  const seen: string[] = [];

  for await (const item of timer.timed(slow())) {
    seen.push(item);
    nowMs += 100;
  }

  expect([seen, timer.waitedMs]).toEqual([['a', 'b'], 12]);
});

test('breaking off ends the source', async () => {
  let isEnded = false;
  async function* endless() {
    try {
      for (;;) yield 1;
    } finally {
      isEnded = true;
    }
  }

  for await (const _ of new WaitTimer(() => 0).timed(endless())) break;

  expect(isEnded).toBe(true);
});
