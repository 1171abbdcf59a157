import { expect, test } from 'vitest';
import { rngFrom } from '../../../native-models/core/rng.ts';
import type { Xyxy } from '../../../native-models/geometry/box.ts';
import { maskArea, maskFromBitmap, maskFromPart } from '../../../native-models/geometry/mask.ts';
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

test('a mask made from a part of the image is the mask of the whole bitmap', () => {
  const rng = rngFrom(4, 'parts');
  for (let round = 0; round < 200; round++) {
    const [width, height] = [1 + Math.floor(rng.uniform() * 7), 1 + Math.floor(rng.uniform() * 7)];
    const corner = (side: number) => Math.floor(rng.uniform() * (side + 1));
    const [xs, ys] = [[corner(width), corner(width)].sort(), [corner(height), corner(height)].sort()];
    const box: Xyxy = [xs[0]!, ys[0]!, xs[1]!, ys[1]!];
    const density = rng.uniform();
    const part = Array.from({ length: (box[2] - box[0]) * (box[3] - box[1]) }, () => Number(rng.uniform() < density));
    const whole = new Uint8Array(width * height);
    part.forEach((value, at) => {
      const across = box[2] - box[0];
      whole[(box[1] + Math.floor(at / across)) * width + box[0] + (at % across)] = value;
    });

    expect(maskFromPart(part, box, { width, height })).toEqual(maskFromBitmap(whole, { width, height }));
  }
});
