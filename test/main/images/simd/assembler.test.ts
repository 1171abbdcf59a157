import { expect, test } from 'vitest';
import { FunctionWriter, moduleOf, signed, unsigned } from '../../../../main/images/simd/assembler.ts';
import * as i from '../../../../main/images/simd/instructions.ts';

type Exports = { readonly memory: WebAssembly.Memory } & Record<string, (...parameters: number[]) => void>;

function instantiate(functions: Readonly<Record<string, FunctionWriter>>): Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(moduleOf(functions))).exports as Exports;
}

test('numbers are written in LEB128', () => {
  expect([0, 127, 128, 624485].map(unsigned)).toEqual([[0], [0x7f], [0x80, 1], [0xe5, 0x8e, 0x26]]);
  expect([0, 63, 64, -64, -65, -123456].map(signed)).toEqual([
    [0],
    [0x3f],
    [0xc0, 0],
    [0x40],
    [0xbf, 0x7f],
    [0xc0, 0xbb, 0x78],
  ]);
  expect([signed(0x7fffffff), signed(-0x80000000)].map((bytes) => bytes.length)).toEqual([5, 5]);
});

test('a counted loop runs for every multiple of its step below the limit, and not at all below zero', () => {
  const f = new FunctionWriter(['at', 'limit']);
  const { at, limit } = f.parameters;
  f.count(limit, 3, (n) => f.run(i.store16(i.add(at, i.add(n, n)), i.multiply(n, n))));
  const { run, memory } = instantiate({ run: f });

  run!(0, 10);
  run!(100, -1);

  expect([...new Uint16Array(memory.buffer, 0, 10)]).toEqual([0, 0, 0, 9, 0, 0, 36, 0, 0, 81]);
  expect(new Uint8Array(memory.buffer, 100).every((value) => value === 0)).toBe(true);
});

test('variables of both types keep their values apart, in every function of a module', () => {
  const square = new FunctionWriter(['from', 'to']);
  const lanes = square.vector(i.loadVector(square.parameters.from));
  const twice = square.integer(i.add(square.parameters.to, square.parameters.to));
  square.run(i.storeVector(twice, i.multiply32x4(lanes, lanes)));
  const nothing = new FunctionWriter([]);
  const { run, memory } = instantiate({ nothing, run: square });
  const numbers = new Int32Array(memory.buffer);
  numbers.set([3, -5, 1000, 0]);

  run!(0, 32);

  expect([...numbers.subarray(16, 20)]).toEqual([9, 25, 1_000_000, 0]);
});
