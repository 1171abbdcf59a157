/**
 * Reads the coefficients of one 8x8 block after the other from compressed data.
 * Source: ITU-T T.81, section F.2.2 (sequential decoding) and figure A.6 (zigzag order).
 */

import type { JpegComponent } from './frame.ts';
import { extend, type HuffmanTable, LOOK_AHEAD_BITS } from './huffman.ts';
import type { EntropyData } from './unstuff.ts';

/** Row-major place of each coefficient; the last sixteen catch runs that leave the block. */
const PLACES = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);
const LONGEST_CODE = 16;
const LONGEST_VALUE = 15;
const COEFFICIENTS = 64;
const LOOK_AHEAD_SHIFT = 32 - LOOK_AHEAD_BITS;

export class BlockReader {
  private readonly view: DataView;
  private readonly starts: readonly number[];
  private readonly predictors = new Int32Array(3);
  private part = 0;
  private bit = 0;

  constructor({ bytes, starts }: EntropyData) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.starts = starts;
  }

  /** Whether everything read so far was there, and no whole byte between here and the next marker was left over. */
  isAtEndOfPart(): boolean {
    const endBit = this.starts[this.part + 1]! * 8;
    return this.bit <= endBit && this.bit > endBit - 8;
  }

  /** Goes on behind the next restart marker; false when there is none. */
  restart(): boolean {
    if (!this.isAtEndOfPart() || this.part + 2 >= this.starts.length) return false;
    this.part++;
    this.bit = this.starts[this.part]! * 8;
    this.predictors.fill(0);
    return true;
  }

  isInLastPart(): boolean {
    return this.part + 2 === this.starts.length;
  }

  /**
   * Adds one block's coefficients, multiplied by their steps, to `block`, which must be all zero.
   * Returns the zigzag index of the last one, or -1 when the data makes no sense.
   * Shapes: block [8, 8], row-major.
   */
  read({ steps, dc, ac }: JpegComponent, predictor: number, block: Int32Array): number {
    const { view } = this;
    const difference = this.readDifference(dc);
    if (difference === null || this.bit > this.starts[this.part + 1]! * 8) return -1;
    this.predictors[predictor]! += difference;
    block[0] = this.predictors[predictor]! * steps[0]!;
    const { quick } = ac;
    let { bit } = this;
    let last = 0;
    for (let k = 1; k < COEFFICIENTS; k++) {
      const entry = quick[(view.getInt32(bit >> 3) << (bit & 7)) >>> LOOK_AHEAD_SHIFT]!;
      let value = entry >> 16;
      let run = (entry >> 8) & 0xff;
      if (entry !== 0) {
        bit += entry & 0xff;
      } else {
        this.bit = bit;
        const symbol = this.readSymbol(ac);
        if (symbol < 0) return -1;
        run = symbol >> 4;
        value = this.readValue(symbol & LONGEST_VALUE);
        if (value === 0 && run < 15) run = COEFFICIENTS;
        ({ bit } = this);
      }
      k += run;
      if (value === 0) continue;
      if (k >= COEFFICIENTS) return -1;
      block[PLACES[k]!] = value * steps[k]!;
      last = k;
    }
    this.bit = bit;
    return last;
  }

  /** Null when the data makes no sense. */
  private readDifference(dc: HuffmanTable): number | null {
    const { bit } = this;
    const entry = dc.quick[(this.view.getInt32(bit >> 3) << (bit & 7)) >>> LOOK_AHEAD_SHIFT]!;
    if (entry !== 0) {
      this.bit += entry & 0xff;
      return entry >> 16;
    }
    const size = this.readSymbol(dc);
    return size < 0 || size > LONGEST_VALUE ? null : this.readValue(size);
  }

  /** The next code's symbol, or -1 when no code is like that. */
  private readSymbol({ symbols, limits, offsets, values }: HuffmanTable): number {
    const ahead = this.view.getInt32(this.bit >> 3) << (this.bit & 7);
    const short = symbols[ahead >>> LOOK_AHEAD_SHIFT]!;
    if (short !== 0) {
      this.bit += short & 0xff;
      return short >> 8;
    }
    const code = ahead >>> 16;
    for (let length = LOOK_AHEAD_BITS + 1; length <= LONGEST_CODE; length++) {
      if (code >= limits[length]!) continue;
      this.bit += length;
      return values[offsets[length]! + (code >> (LONGEST_CODE - length))]!;
    }
    return -1;
  }

  private readValue(size: number): number {
    if (size === 0) return 0;
    const ahead = this.view.getInt32(this.bit >> 3) << (this.bit & 7);
    this.bit += size;
    return extend(ahead >>> (32 - size), size);
  }
}
