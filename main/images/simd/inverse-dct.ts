/**
 * Coefficients of a block to samples, whole or at half size, in vectors: four columns, then four rows at a time.
 * Source: full size: Loeffler, Ligtenberg and Moschytz 1989, "Practical fast 1-D DCT algorithms with 11 multiplications",
 * figure 1, in the fixed-point precision of the JPEG reference decoder ("slow but accurate"), so that samples equal its
 * to the last bit. Half size: the inverse transform of the lowest coefficients (Dugad and Ahuja 2001, section II).
 */

import { type Code, FunctionWriter } from './assembler.ts';
import * as i from './instructions.ts';

const BITS = 13;
/** Kept between the passes. */
const EXTRA_BITS = 2;
const PASS_1_SHIFT = BITS - EXTRA_BITS;
const PASS_2_SHIFT = BITS + EXTRA_BITS + 3;
const MIDDLE = 128;
const COEFFICIENT_BYTES = 4;
const VECTOR_BYTES = 16;

/** A column of coefficients to a column of samples, in every lane alike. */
type Transform = (f: FunctionWriter, column: readonly Code[], shift: number) => Code[];

/** 64 numbers of 32 bits, row-major, to 8 x 8 bytes; the numbers become zero. */
export function block8(): FunctionWriter {
  const f = new FunctionWriter(['coefficients', 'out', 'stride']);
  const { coefficients, out, stride } = f.parameters;
  const half = (x: number) => {
    const rows = Array.from({ length: 8 }, (_, y) => i.loadVector(coefficients, (8 * y + x) * COEFFICIENT_BYTES));
    return transform8(f, rows, PASS_1_SHIFT);
  };
  const [left, right] = [half(0), half(4)];
  const upper = [...transpose4(f, left.slice(0, 4)), ...transpose4(f, right.slice(0, 4))];
  const lower = [...transpose4(f, left.slice(4)), ...transpose4(f, right.slice(4))];
  const above = transform8(f, upper, PASS_2_SHIFT);
  const below = transform8(f, lower, PASS_2_SHIFT);

  const columns = above.map((column, x) => toSamples(i.narrowTo16(column, below[x]!)));
  const pairs = [0, 2, 4, 6].map((x) => f.vector(i.narrowToBytes(columns[x]!, columns[x + 1]!)));
  storeRows(f, pairs, out, stride);
  clear(f, coefficients, 64);
  return f;
}

/** The 4 x 4 lowest of 64 numbers to 4 x 4 bytes; all 64 become zero. */
export function block4(): FunctionWriter {
  const f = new FunctionWriter(['coefficients', 'out', 'stride']);
  const { coefficients, out, stride } = f.parameters;
  const rows = [0, 1, 2, 3].map((y) => i.loadVector(coefficients, 8 * y * COEFFICIENT_BYTES));
  const columns = transform4(f, transpose4(f, transform4(f, rows, PASS_1_SHIFT)), PASS_2_SHIFT);
  const [r0, r1, r2, r3] = transpose4(f, columns) as [Code, Code, Code, Code];
  const bytes = f.vector(i.narrowToBytes(toSamples(i.narrowTo16(r0, r1)), toSamples(i.narrowTo16(r2, r3))));
  const row = f.variable('i32', out);
  for (let y = 0; y < 4; y++) {
    f.run(i.store4Bytes(row.get, bytes, y));
    f.set(row, i.add(row.get, stride));
  }
  clear(f, coefficients, 64);
  return f;
}

const fixed = (x: number) => i.splat32(Math.round(x * (1 << BITS)));
const scaled = (a: Code, factor: number) => i.multiply32x4(a, fixed(factor));
const toSamples = (lanes: Code) => i.add16x8(lanes, i.splat16(MIDDLE));

const transform8: Transform = (f, column, shift) => {
  const c = column.map((code) => f.vector(code));
  const [c0, c1, c2, c3, c4, c5, c6, c7] = c as [Code, Code, Code, Code, Code, Code, Code, Code];
  const rounded = (a: Code) => f.vector(i.add32x4(i.shiftLeft32x4(a, BITS), i.splat32(1 << (shift - 1))));
  const sum = rounded(i.add32x4(c0, c4));
  const difference = rounded(i.subtract32x4(c0, c4));
  const turn26 = f.vector(scaled(i.add32x4(c2, c6), 0.5411961));
  const low = f.vector(i.add32x4(turn26, scaled(c6, -1.847759065)));
  const high = f.vector(i.add32x4(turn26, scaled(c2, 0.765366865)));
  const even = [
    i.add32x4(sum, high),
    i.add32x4(difference, low),
    i.subtract32x4(difference, low),
    i.subtract32x4(sum, high),
  ];

  const c73 = f.vector(i.add32x4(c7, c3));
  const c51 = f.vector(i.add32x4(c5, c1));
  const turn = f.vector(scaled(i.add32x4(c73, c51), 1.175875602));
  const t71 = f.vector(scaled(i.add32x4(c7, c1), -0.899976223));
  const t53 = f.vector(scaled(i.add32x4(c5, c3), -2.562915447));
  const t73 = f.vector(i.add32x4(turn, scaled(c73, -1.96157056)));
  const t51 = f.vector(i.add32x4(turn, scaled(c51, -0.390180644)));
  const odd = [
    i.add32x4(scaled(c1, 1.50132111), i.add32x4(t71, t51)),
    i.add32x4(scaled(c3, 3.072711026), i.add32x4(t53, t73)),
    i.add32x4(scaled(c5, 2.053119869), i.add32x4(t53, t51)),
    i.add32x4(scaled(c7, 0.298631336), i.add32x4(t71, t73)),
  ];
  return mirrored(f, even, odd, shift);
};

const transform4: Transform = (f, column, shift) => {
  const [c0, c1, c2, c3] = column.map((code) => f.vector(code)) as [Code, Code, Code, Code];
  const rounded = (a: Code) => i.add32x4(i.shiftLeft32x4(a, BITS), i.splat32(1 << (shift - 1)));
  // sqrt(2) cos(pi/8) and sqrt(2) cos(3 pi/8): scaled as the transform of eight, where a lone c0 gives c0 everywhere.
  const [near, far] = [1.306562965, 0.5411961];
  const even = [rounded(i.add32x4(c0, c2)), rounded(i.subtract32x4(c0, c2))];
  const odd = [i.add32x4(scaled(c1, near), scaled(c3, far)), i.subtract32x4(scaled(c1, far), scaled(c3, near))];
  return mirrored(f, even, odd, shift);
};

/** even + odd, then even - odd backwards: the last step of either transform. */
function mirrored(f: FunctionWriter, even: readonly Code[], odd: readonly Code[], shift: number): Code[] {
  const pairs = even.map((code, k) => [f.vector(code), f.vector(odd[k]!)] as const);
  const first = pairs.map(([e, o]) => f.vector(i.shiftRight32x4(i.add32x4(e, o), shift)));
  const second = pairs.map(([e, o]) => f.vector(i.shiftRight32x4(i.subtract32x4(e, o), shift)));
  return [...first, ...second.reverse()];
}

/** Lanes of four bytes named by their number in two vectors. */
const words = (...lanes: readonly number[]) => lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));

function transpose4(f: FunctionWriter, rows: readonly Code[]): Code[] {
  const [r0, r1, r2, r3] = rows as [Code, Code, Code, Code];
  const a = f.vector(i.shuffle(r0, r1, words(0, 4, 1, 5)));
  const b = f.vector(i.shuffle(r0, r1, words(2, 6, 3, 7)));
  const c = f.vector(i.shuffle(r2, r3, words(0, 4, 1, 5)));
  const d = f.vector(i.shuffle(r2, r3, words(2, 6, 3, 7)));
  const halves = [words(0, 1, 4, 5), words(2, 3, 6, 7)];
  return [
    [a, c],
    [b, d],
  ].flatMap(([x, y]) => halves.map((lanes) => f.vector(i.shuffle(x!, y!, lanes))));
}

/** Stores 8 x 8 bytes, of which each of four vectors holds two columns. */
function storeRows(f: FunctionWriter, pairs: readonly Code[], out: Code, stride: Code): void {
  const [p01, p23, p45, p67] = pairs as [Code, Code, Code, Code];
  const row = f.variable('i32', out);
  for (const firstRow of [0, 4]) {
    const lanes = [0, 1, 2, 3].flatMap((y) => [0, 8, 16, 24].map((column) => column + firstRow + y));
    const left = f.vector(i.shuffle(p01, p23, lanes));
    const right = f.vector(i.shuffle(p45, p67, lanes));
    for (const y of [0, 2]) {
      const two = f.vector(i.shuffle(left, right, words(y, y + 4, y + 1, y + 5)));
      for (const half of [0, 1] as const) {
        f.run(i.store8Bytes(row.get, two, half));
        f.set(row, i.add(row.get, stride));
      }
    }
  }
}

function clear(f: FunctionWriter, coefficients: Code, count: number): void {
  const zero = f.vector(i.splat32(0));
  const bytes = count * COEFFICIENT_BYTES;
  for (let at = 0; at < bytes; at += VECTOR_BYTES) f.run(i.storeVector(coefficients, zero, at));
}
