import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeyGate } from '../../../renderer/label/key-gate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is given, in order; `minds`: what keys wait for. */
function gateWith(minds: (key: string) => Promise<unknown> | null = () => null) {
  const given: string[] = [];
  return { given, gate: new KeyGate<string>({ give: (key) => given.push(key), minds }) };
}

test('while nothing is waited for keys are not kept', () => {
  const { gate, given } = gateWith();

  expect([gate.keeps('a'), given]).toEqual([false, []]);
});

test('keys pressed while something is held come in their order once the last hold is taken back', async () => {
  const { gate, given } = gateWith();
  const [first, second] = [gate.hold(), gate.hold()];

  expect(['a', 'b'].map((key) => gate.keeps(key))).toEqual([true, true]);
  first();
  first();
  await vi.runAllTimersAsync();
  expect(given).toEqual([]);
  second();
  expect(gate.keeps('c')).toBe(true);
  await vi.runAllTimersAsync();

  expect([given, gate.isKeeping, gate.isHeld]).toEqual([['a', 'b', 'c'], false, false]);
});

test('a key that leaves for another image keeps those after it until that has arrived', async () => {
  const { gate, given } = gateWith();
  const leaving = new KeyGate<string>({
    give: (key) => {
      given.push(key);
      if (key === 'next') leaving.leave();
    },
    minds: () => null,
  });
  const opened = leaving.hold();
  for (const key of ['next', 'done', 'next', 'done']) leaving.keeps(key);
  opened();

  await vi.runAllTimersAsync();
  expect(given).toEqual(['next']);
  leaving.arrive();
  await vi.runAllTimersAsync();
  expect(given).toEqual(['next', 'done', 'next']);
  leaving.arrive();
  leaving.arrive();
  await vi.runAllTimersAsync();

  expect(given).toEqual(['next', 'done', 'next', 'done']);
  expect(gate.isHeld).toBe(false);
});

test('a key that waits for an answer has it first, also when asking failed, and those after it wait behind it', async () => {
  let isAnswered = false;
  const { promise, reject } = Promise.withResolvers<void>();
  const { gate, given } = gateWith((key) => (key === 'slow' && !isAnswered ? promise : null));

  expect(['slow', 'quick'].map((key) => gate.keeps(key))).toEqual([true, true]);
  await vi.runAllTimersAsync();
  expect([given, gate.isHeld]).toEqual([[], true]);
  isAnswered = true;
  reject(new Error('no'));
  await vi.runAllTimersAsync();

  expect(given).toEqual(['slow', 'quick']);
});

test('what was pressed for something that does not come is let go of, and counted', async () => {
  const { gate, given } = gateWith();
  const release = gate.hold();
  gate.keeps('a');
  gate.keeps('b');

  expect(gate.forget()).toBe(2);
  release();
  await vi.runAllTimersAsync();

  expect([given, gate.keeps('c')]).toEqual([[], false]);
});
