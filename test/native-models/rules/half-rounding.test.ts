import { expect, test } from 'vitest';
import { roundToHalf } from '../../../native-models/rules/half-rounding.ts';

test.each([
  [0, 0],
  [1, 1],
  [-1.0009765625, -1.0009765625],
  [1.00048828125, 1], // half way: to even
  [1.00146484375, 1.001953125], // half way: to even
  [0.1, 0.0999755859375],
  [2049, 2048],
  [2051, 2052],
  [65504, 65504],
  [65519.9, 65504],
  [65520, Number.POSITIVE_INFINITY],
  [-1e9, Number.NEGATIVE_INFINITY],
  [2 ** -24, 2 ** -24], // the smallest
  [2.9e-8, 0],
  [Number.NaN, Number.NaN],
])('%f in half precision is %f', (value, expected) => {
  expect(roundToHalf(value)).toBe(expected);
});
