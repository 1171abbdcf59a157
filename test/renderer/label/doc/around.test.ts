import { expect, test } from 'vitest';
import { around } from '../../../../renderer/label/doc/around.ts';

test('a row is gone round in either way, from none of it to its first or its last', () => {
  expect([-1, 0, 1, 2].map((at) => around(at, 1, 3))).toEqual([0, 1, 2, 0]);
  expect([-1, 0, 1, 2].map((at) => around(at, -1, 3))).toEqual([2, 2, 0, 1]);
});
