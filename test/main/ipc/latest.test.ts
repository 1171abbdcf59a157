import { expect, test } from 'vitest';
import { LatestByKey } from '../../../main/ipc/latest.ts';

test('a slow reader gets the latest value of each key, in order of change', async () => {
  const queue = new LatestByKey<string, number>();
  queue.put('a', 1);
  queue.put('b', 2);
  queue.put('a', 3);

  expect([await queue.take(undefined), await queue.take(undefined)]).toEqual([2, 3]);
});

test('a waiting reader wakes with the next value', async () => {
  const queue = new LatestByKey<string, number>();
  const taken = queue.take(undefined);

  queue.put('a', 1);

  expect(await taken).toBe(1);
});

test('an aborted reader gets null, also with values waiting', async () => {
  const queue = new LatestByKey<string, number>();
  const abort = new AbortController();
  const taken = queue.take(abort.signal);

  abort.abort();
  queue.put('a', 1);

  expect([await taken, await queue.take(abort.signal)]).toEqual([null, null]);
});
