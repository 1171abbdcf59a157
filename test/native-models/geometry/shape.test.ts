import { expect, test } from 'vitest';
import { maskArea } from '../../../native-models/geometry/mask.ts';
import { type Shape, shapeArea, shapeMask, shapeXyxy } from '../../../native-models/geometry/shape.ts';

const SIZE = { width: 6, height: 4 };
const ring = [1, 0, 5, 0, 5, 4, 1, 4];
const shapes: readonly [string, Shape][] = [
  ['box', { kind: 'box', xyxy: [1, 0, 5, 4] }],
  ['polygon', { kind: 'polygon', polygon: [{ outline: ring, holes: [] }] }],
  ['mask', { kind: 'mask', mask: { ...SIZE, counts: [4, 16, 4] } }],
];

test.each(shapes)('the same rectangle as a %s has the same box, area and pixels', (_, shape) => {
  expect(shapeXyxy(shape)).toEqual([1, 0, 5, 4]);
  expect(shapeArea(shape)).toBe(16);
  expect(shapeMask(shape, SIZE)).toEqual({ ...SIZE, counts: [4, 16, 4] });
});

test('a hole is no part of a polygon', () => {
  const shape: Shape = { kind: 'polygon', polygon: [{ outline: ring, holes: [[2, 1, 4, 1, 4, 3, 2, 3]] }] };

  expect(shapeArea(shape)).toBe(12);
  expect(maskArea(shapeMask(shape, SIZE))).toBe(12);
});
