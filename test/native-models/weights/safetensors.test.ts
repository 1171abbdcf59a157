import { describe, expect, test } from 'vitest';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { parseSafetensors, writeSafetensors } from '../../../native-models/weights/safetensors.ts';
import { halfToNumber, toFloat32, WeightsFormatError } from '../../../native-models/weights/stored-tensor.ts';

/** A file with the given header object and data bytes. */
function fileWith(header: unknown, data: Uint8Array = new Uint8Array()): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

const entry = (dtype: string, shape: number[], offsets: number[]) => ({ dtype, shape, data_offsets: offsets });

describe('safetensors', () => {
  test('what was written is read again, from a Node buffer as well', () => {
    const tensors = new Map([
      ['a', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
      ['b', { shape: [], data: Float32Array.of(-0.5) }],
    ]);
    const bytes = writeSafetensors(tensors, { who: 'test' });

    for (const file of [bytes, Buffer.concat([Buffer.from('x'), bytes]).subarray(1)]) {
      const { metadata, tensors: read } = parseSafetensors(file);
      expect(metadata).toEqual({ who: 'test' });
      expect([...read].map(([name, tensor]) => [name, tensor.shape, [...toFloat32(name, tensor)]])).toEqual([
        ['a', [2, 3], [1, 2, 3, 4, 5, 6]],
        ['b', [], [-0.5]],
      ]);
    }
  });

  test('halves are widened exactly', () => {
    const cases = [
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x0001, 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3555, 0.333251953125],
      [0x7c00, Number.POSITIVE_INFINITY],
      [0x8000, -0],
    ] as const;

    for (const [bits, value] of cases) expect(halfToNumber(bits)).toBe(value);
    expect(halfToNumber(0x7e00)).toBeNaN();
  });

  test('bfloat16 and doubles become float32', () => {
    const file = parseSafetensors(
      fileWith(
        { h: entry('BF16', [2], [0, 4]), d: entry('F64', [1], [4, 12]) },
        new Uint8Array([0x80, 0x3f, 0x20, 0xc0, ...new Uint8Array(Float64Array.of(0.1).buffer)]),
      ),
    );

    expect([...toFloat32('h', file.tensors.get('h')!)]).toEqual([1, -2.5]);
    expect([...toFloat32('d', file.tensors.get('d')!)]).toEqual([Math.fround(0.1)]);
  });

  const damaged: Readonly<Record<string, Uint8Array>> = {
    'an empty file': new Uint8Array(),
    'a header longer than the file': new Uint8Array([0xff, 0xff, 0, 0, 0, 0, 0, 0]),
    'a header of astronomic length': new Uint8Array(8).fill(0xff),
    'a header that is not JSON': fileWith('{"a": '),
    'a header that is a list': fileWith([]),
    'an unknown element type': fileWith({ a: entry('F8', [1], [0, 1]) }, new Uint8Array(1)),
    'an element type from the prototype': fileWith({ a: entry('toString', [1], [0, 4]) }, new Uint8Array(4)),
    'a negative side': fileWith({ a: entry('F32', [-1], [0, 4]) }, new Uint8Array(4)),
    'offsets past the end': fileWith({ a: entry('F32', [2], [0, 8]) }, new Uint8Array(4)),
    'offsets that do not fit the shape': fileWith({ a: entry('F32', [2], [0, 4]) }, new Uint8Array(4)),
    'offsets back to front': fileWith({ a: entry('F32', [1], [4, 0]) }, new Uint8Array(4)),
    'overlapping tensors': fileWith({ a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [2, 6]) }, new Uint8Array(8)),
    'metadata that is no text': fileWith({ __metadata__: { a: 1 } }),
    'an entry that is null': fileWith({ a: null }),
  };

  test.each(Object.entries(damaged))('refuses %s', (_, file) => {
    expect(() => parseSafetensors(file)).toThrow(WeightsFormatError);
  });

  test('random damage is refused or read, never anything else', () => {
    const good = writeSafetensors(new Map([['a', { shape: [4], data: Float32Array.of(1, 2, 3, 4) }]]), { note: 'x' });
    const rng = rngFrom(1, 'fuzz');

    for (let round = 0; round < 3000; round++) {
      const file = good.slice(0, rng.uniform() < 0.3 ? rng.integer(good.length) : good.length);
      for (let hit = 0; hit < 3 && file.length > 0; hit++) file[rng.integer(file.length)] = rng.integer(256);
      try {
        for (const [name, tensor] of parseSafetensors(file).tensors) toFloat32(name, tensor);
      } catch (error) {
        expect(error).toBeInstanceOf(WeightsFormatError);
      }
    }
  });

  test('integers are not weights', () => {
    const { tensors } = parseSafetensors(fileWith({ a: entry('I64', [1], [0, 8]) }, new Uint8Array(8)));

    expect(() => toFloat32('a', tensors.get('a')!)).toThrow('"a" holds I64');
  });
});
