import { expect, test } from 'vitest';
import { usedUp } from '../../../main/train/used-up.ts';

test('memory of values is given back, also where several share it', () => {
  const whole = new Float32Array(8);
  const values = new Map([
    ['own', new Float32Array(3)],
    ['first half', whole.subarray(0, 4)],
    ['second half', whole.subarray(4)],
  ]);

  usedUp(values);

  expect([...values.values(), whole].map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 0]);
});
