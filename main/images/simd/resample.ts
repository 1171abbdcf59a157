/**
 * The two passes of `../resample.ts` in vectors. Weights and rounding are whole numbers of 32 bits, so results are those
 * of any other order of the same sums. They read up to 16 and write up to 15 bytes beyond their data.
 */

import { type Code, FunctionWriter } from './assembler.ts';
import * as i from './instructions.ts';

const PIXEL_BYTES = 3;
const WEIGHT_BYTES = 4;
const VECTOR_BYTES = 16;

/**
 * Makes each output pixel from the `taps` input pixels from byte `starts[x]` of its row on, two rows at a time: one row
 * more than `rows` may be read and written. Rows are written with one byte more than `width` pixels have.
 */
export function horizontal(precisionBits: number): FunctionWriter {
  const f = new FunctionWriter(['from', 'inStride', 'to', 'outStride', 'rows', 'starts', 'weights', 'taps', 'width']);
  const { from, inStride, to, outStride, rows, starts, weights, taps, width } = f.parameters;
  const round = i.splat32(1 << (precisionBits - 1));
  const [a, b] = [f.variable('v128', round), f.variable('v128', round)];
  const end = f.variable('i32', i.constant(0));
  const at = f.variable('i32', i.constant(0));
  const tapBytes = f.integer(i.multiply(taps, i.constant(WEIGHT_BYTES)));
  f.count(rows, 2, (y) => {
    const input = f.integer(i.add(from, i.multiply(y, inStride)));
    const output = f.variable('i32', i.add(to, i.multiply(y, outStride)));
    const weight = f.variable('i32', weights);
    f.count(width, 1, (x) => {
      const start = i.load32(i.add(starts, i.multiply(x, i.constant(WEIGHT_BYTES))));
      f.set(at, i.add(input, start));
      f.set(end, i.add(weight.get, tapBytes));
      f.set(a, round);
      f.set(b, round);
      f.while(i.isLess(weight.get, end.get), () => {
        const factor = f.vector(i.loadSplat32(weight.get));
        const product = (address: Code) => i.multiply32x4(i.widenLow16(i.load8BytesWide(address)), factor);
        f.set(a, i.add32x4(a.get, product(at.get)));
        f.set(b, i.add32x4(b.get, product(i.add(at.get, inStride))));
        f.set(at, i.add(at.get, i.constant(PIXEL_BYTES)));
        f.set(weight, i.add(weight.get, i.constant(WEIGHT_BYTES)));
      });
      const shifted = (sum: Code) => i.shiftRight32x4(sum, precisionBits);
      f.run(i.store4Bytes(output.get, toBytes([shifted(a.get)]), 0));
      f.run(i.store4Bytes(i.add(output.get, outStride), toBytes([shifted(b.get)]), 0));
      f.set(output, i.add(output.get, i.constant(PIXEL_BYTES)));
    });
  });
  return f;
}

/** Makes each output row of `width` bytes from the `taps` input rows that begin `starts[y]` bytes into the input. */
export function vertical(precisionBits: number): FunctionWriter {
  const f = new FunctionWriter(['from', 'stride', 'to', 'width', 'rows', 'starts', 'weights', 'taps']);
  const { from, stride, to, width, rows, starts, weights, taps } = f.parameters;
  const round = i.splat32(1 << (precisionBits - 1));
  const sums = [0, 1, 2, 3].map(() => f.variable('v128', round));
  const at = f.variable('i32', i.constant(0));
  const weight = f.variable('i32', i.constant(0));
  const tapBytes = f.integer(i.multiply(taps, i.constant(WEIGHT_BYTES)));
  f.count(rows, 1, (y) => {
    const input = f.integer(i.add(from, i.load32(i.add(starts, i.multiply(y, i.constant(WEIGHT_BYTES))))));
    const output = f.integer(i.add(to, i.multiply(y, width)));
    const first = f.integer(i.add(weights, i.multiply(y, tapBytes)));
    const end = f.integer(i.add(first, tapBytes));
    f.count(width, VECTOR_BYTES, (x) => {
      f.set(at, i.add(input, x));
      f.set(weight, first);
      for (const sum of sums) f.set(sum, round);
      f.while(i.isLess(weight.get, end), () => {
        const factor = f.vector(i.loadSplat32(weight.get));
        const bytes = f.vector(i.loadVector(at.get));
        const halves = [f.vector(i.widenLowBytes(bytes)), f.vector(i.widenHighBytes(bytes))];
        const quarters = halves.flatMap((half) => [i.widenLow16(half), i.widenHigh16(half)]);
        for (const [k, sum] of sums.entries()) {
          f.set(sum, i.add32x4(sum.get, i.multiply32x4(quarters[k]!, factor)));
        }
        f.set(at, i.add(at.get, stride));
        f.set(weight, i.add(weight.get, i.constant(WEIGHT_BYTES)));
      });
      const shifted = sums.map((sum) => i.shiftRight32x4(sum.get, precisionBits));
      f.run(i.storeVector(i.add(output, x), toBytes(shifted)));
    });
  });
  return f;
}

/** Up to sixteen 32-bit lanes as bytes; of one vector, its bytes four times over. */
export function toBytes(vectors: readonly Code[]): Code {
  const [a, b = a, c = a, d = b] = vectors as [Code, Code?, Code?, Code?];
  return i.narrowToBytes(i.narrowTo16(a, b), i.narrowTo16(c, d));
}
