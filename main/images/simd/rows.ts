/**
 * Rows of Y, Cb, Cr to rows of RGB, sixteen pixels at a time. They write up to 48 bytes beyond the row's end.
 * Source: JFIF 1.02, "Conversion to and from RGB", in 16 fraction bits; for chroma of half resolution a triangle filter
 * with libjpeg's weights 3/4 and 1/4 and its alternating rounding ("fancy upsampling"), equal to the last bit.
 */

import { type Code, FunctionWriter } from './assembler.ts';
import * as i from './instructions.ts';

/** Bytes before the first sum, room for the one to its left. */
const SUMS_AT = 16;

/**
 * A row of chroma, leaning on the row `far` by a quarter, to one of twice the width. `sums` is scratch of 2 * width + 64
 * bytes. Where the height stays, both rows are the same one.
 */
export function enlargeRow(): FunctionWriter {
  const f = new FunctionWriter(['near', 'far', 'width', 'sums', 'out', 'roundEven', 'roundOdd']);
  const { near, far, width, sums, out, roundEven, roundOdd } = f.parameters;
  const three = i.splat16(3);
  const [even, odd] = [f.vector(i.splatOf16(roundEven)), f.vector(i.splatOf16(roundOdd))];
  const bytesOf16 = (x: Code) => i.add(x, x);

  f.count(width, 8, (x) => {
    const heavy = i.multiply16x8(i.load8BytesWide(i.add(near, x)), three);
    const sum = i.add16x8(heavy, i.load8BytesWide(i.add(far, x)));
    f.run(i.storeVector(i.add(sums, bytesOf16(x)), sum, SUMS_AT));
  });
  // The outermost lean on themselves.
  const end = f.integer(i.add(sums, bytesOf16(width)));
  f.run(i.store16(sums, i.load16(sums, SUMS_AT), SUMS_AT - 2));
  f.run(i.store16(end, i.load16(end, SUMS_AT - 2), SUMS_AT));

  f.count(width, 8, (x) => {
    const at = f.integer(i.add(sums, bytesOf16(x)));
    const here = f.vector(i.multiply16x8(i.loadVector(at, SUMS_AT), three));
    const left = i.add16x8(i.add16x8(here, i.loadVector(at, SUMS_AT - 2)), even);
    const right = i.add16x8(i.add16x8(here, i.loadVector(at, SUMS_AT + 2)), odd);
    const both = i.or(i.shiftRight16x8(left, 4), i.shiftLeft16x8(i.shiftRight16x8(right, 4), 8));
    f.run(i.storeVector(i.add(out, bytesOf16(x)), both));
  });
  return f;
}

const ONE = 1 << 16;
const fixed = (x: number) => Math.round(x * ONE);
/** What is left of each factor when whole multiples of the chroma are added apart: it must fit in 16 bits. */
const R_OF_CR = fixed(1.402) - ONE;
const G_OF_CR = ONE - fixed(0.71414);
const G_OF_CB = -fixed(0.34414);
const B_OF_CB = fixed(1.772) - 2 * ONE;
const HALF = ONE / 2;

/** Three rows of bytes to one of RGB. */
export function colourRow(): FunctionWriter {
  const f = new FunctionWriter(['luma', 'cb', 'cr', 'out', 'width']);
  const { luma, cb, cr, out, width } = f.parameters;
  const to = f.variable('i32', out);
  f.count(width, 16, (x) => {
    const load = (row: Code) => f.vector(i.loadVector(i.add(row, x)));
    const [y, blue, red] = [load(luma), load(cb), load(cr)];
    const halves = [i.widenLowBytes, i.widenHighBytes].map((widen) => {
      const centred = (row: Code) => f.vector(i.subtract16x8(widen(row), i.splat16(128)));
      return channels(f, f.vector(widen(y)), centred(blue), centred(red));
    });
    const bytes = [0, 1, 2].map((channel) => f.vector(i.narrowToBytes(halves[0]![channel]!, halves[1]![channel]!)));
    storeInterleaved(f, bytes, to.get);
    f.set(to, i.add(to.get, i.constant(48)));
  });
  return f;
}

/** R, G and B of eight pixels, not yet clipped. */
function channels(f: FunctionWriter, y: Code, blue: Code, red: Code): Code[] {
  const none = i.splat16(0);
  const r = i.add16x8(red, weighted(f, red, none, R_OF_CR, 0));
  const g = i.subtract16x8(weighted(f, red, blue, G_OF_CR, G_OF_CB), red);
  const b = i.add16x8(i.add16x8(blue, blue), weighted(f, blue, none, B_OF_CB, 0));
  return [r, g, b].map((chroma) => f.vector(i.add16x8(y, chroma)));
}

/** (p * a + q * b + 1/2) in whole numbers, for eight 16-bit lanes. */
function weighted(f: FunctionWriter, a: Code, b: Code, p: number, q: number): Code {
  const factors = f.vector(i.splat32((q << 16) | (p & 0xffff)));
  const half = (first: number) => {
    const lanes = [0, 1, 2, 3].flatMap((lane) => [0, 1, 16, 17].map((byte) => byte + 2 * (first + lane)));
    const products = i.dot16x8(i.shuffle(a, b, lanes), factors);
    return i.shiftRight32x4(i.add32x4(products, i.splat32(HALF)), 16);
  };
  return i.narrowTo16(half(0), half(4));
}

/** 48 bytes from sixteen of each channel. */
function storeInterleaved(f: FunctionWriter, [r, g, b]: readonly Code[], to: Code): void {
  for (let part = 0; part < 3; part++) {
    const bytes = Array.from({ length: 16 }, (_, k) => {
      const at = 16 * part + k;
      return { k, pixel: Math.trunc(at / 3), channel: at % 3 };
    });
    const redGreen = bytes.map(({ pixel, channel }) => (channel === 1 ? 16 + pixel : pixel));
    const all = bytes.map(({ k, pixel, channel }) => (channel === 2 ? 16 + pixel : k));
    f.run(i.storeVector(to, i.shuffle(i.shuffle(r!, g!, redGreen), b!, all), 16 * part));
  }
}
