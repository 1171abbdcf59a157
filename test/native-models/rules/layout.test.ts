import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../native-models/core/shape.ts';
import { pack, packedShape, unpack } from '../../../native-models/rules/layout.ts';

const ramp = (shape: readonly number[]) => Float32Array.from({ length: sizeOf(shape) }, (_, i) => i + 1);

describe.each(['blocked', 'filter', 'thin-filter'] as const)('%s', (layout) => {
  test.each([[[8, 8, 3, 3]], [[13, 20, 2, 3]], [[1, 3, 1, 1]], [[16, 1, 3, 3]]])('comes back whole: [%s]', (shape) => {
    const plain = ramp(shape);
    const packed = pack(plain, shape, layout, 8);

    expect(packed.length).toBe(sizeOf(packedShape(shape, layout, 8)));
    expect(unpack(packed, shape, layout, 8)).toEqual(plain);
    expect(packed.filter((value) => value === 0).length).toBe(packed.length - plain.length);
  });
});

test('a map has its channels side by side', () => {
  // Two channels of two pixels each: 1 2 and 3 4.
  expect([...pack(Float32Array.of(1, 2, 3, 4), [1, 2, 1, 2], 'blocked', 4)]).toEqual([1, 3, 0, 0, 2, 4, 0, 0]);
});

test('a filter has its output channels innermost, its input channels around them', () => {
  // Two filters over two channels of one tap: 1 2 and 3 4.
  expect([...pack(Float32Array.of(1, 2, 3, 4), [2, 2, 1, 1], 'filter', 2)]).toEqual([1, 3, 2, 4]);
});

test('a thin filter has its output channels innermost, whole planes around them', () => {
  // Two filters over one channel of two taps: 1 2 and 3 4.
  expect([...pack(Float32Array.of(1, 2, 3, 4), [2, 1, 1, 2], 'thin-filter', 2)]).toEqual([1, 3, 2, 4]);
});
