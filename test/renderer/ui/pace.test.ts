import { expect, test } from 'vitest';
import { fraction01, remainingSeconds } from '../../../renderer/ui/pace.ts';

const at = (done: number, total: number | null, elapsed_ms: number) => ({
  ...{ done, total, elapsed_ms },
  ...{ added: done, already_present: 0, skipped: 0 },
});

test('what remains is said at the pace so far, and not before there is one', () => {
  expect(remainingSeconds(at(100, 400, 10_000))).toBe(30);
  expect(remainingSeconds(at(3, 400, 10_000))).toBeNull();
  expect(remainingSeconds(at(100, 400, 500))).toBeNull();
  expect(remainingSeconds(at(100, null, 10_000))).toBeNull();
  expect(remainingSeconds(at(401, 400, 10_000))).toBeNull();
});

test('a share is never more than all', () => {
  expect(fraction01(at(3, 4, 0))).toBe(0.75);
  expect(fraction01(at(5, 4, 0))).toBe(1);
  expect(fraction01(at(5, null, 0))).toBeNull();
});
