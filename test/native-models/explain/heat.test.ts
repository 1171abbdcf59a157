import { expect, test } from 'vitest';
import { enlarged, largestOf, quantile, scaled, strengthOf, threefold } from '../../../native-models/explain/heat.ts';

test("a coarse map grows as in torch's bilinear interpolation", () => {
  // torch.nn.functional.interpolate(tensor([[[[0., 1.], [2., 5.]]]]), size=4, mode='bilinear')
  const expected = [
    [0, 0.25, 0.75, 1],
    [0.5, 0.875, 1.625, 2],
    [1.5, 2.125, 3.375, 4],
    [2, 2.75, 4.25, 5],
  ];

  expect([...enlarged(Float32Array.of(0, 1, 2, 5), 4)]).toEqual(expected.flat());
  expect([...enlarged(Float32Array.of(7), 2)]).toEqual([7, 7, 7, 7]);
});

test('channels become one number a pixel, and one number three channels', () => {
  const planes = Float32Array.of(1, -2, -3, 1, 0, -4);

  expect([...strengthOf(planes)]).toEqual([4, 7]);
  expect([...largestOf(planes)]).toEqual([1, 1]);
  expect([...threefold(Float32Array.of(5, 6))]).toEqual([5, 6, 5, 6, 5, 6]);
});

test('heat is cut off at both ends, and dark where nothing differs', () => {
  expect([...scaled(Float32Array.of(-1, 0, 1, 2, 9), 0, 4)]).toEqual([0, 0, 0.25, 0.5, 1]);
  expect([...scaled(Float32Array.of(3, 3), 3, 3)]).toEqual([0, 0]);
  expect(quantile(Float32Array.of(4, 1, 3, 2), 0.5)).toBe(3);
  expect(quantile(Float32Array.of(4, 1, 3, 2), 1)).toBe(4);
});
