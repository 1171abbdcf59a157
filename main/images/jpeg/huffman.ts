/**
 * Huffman tables of JPEG, laid out for decoding several bits at a time.
 * Source: ITU-T T.81, annex C (codes from lengths), F.1.2.1.1 and F.1.2.2.1 (signed values).
 */

import { COEFFICIENTS, LONGEST_CODE, LOOK_AHEAD_BITS, TABLE } from '../simd/entropy.ts';

/** `TABLE.bytes` bytes, laid out as `TABLE` says. */
export type HuffmanTable = Uint8Array;

/** Nearly all files have the standard's tables. */
const MOST_REMEMBERED = 16;
const remembered = new Map<string, HuffmanTable | null>();

/**
 * The table of which `counts[i]` codes have i + 1 bits; null when these are no prefix code.
 * Shapes: counts [16], symbols [sum of counts].
 */
export function huffmanTable(counts: Buffer, symbols: Buffer, isAc: boolean): HuffmanTable | null {
  const key = `${isAc}${counts.toString('latin1')}${symbols.toString('latin1')}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const table = makeTable(counts, symbols, isAc);
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(key, table);
  return table;
}

function makeTable(counts: Uint8Array, symbols: Uint8Array, isAc: boolean): HuffmanTable | null {
  const table = new Uint8Array(TABLE.bytes);
  const quick = new Int32Array(table.buffer, TABLE.quick, 1 << LOOK_AHEAD_BITS);
  const short = new Uint16Array(table.buffer, TABLE.symbols, 1 << LOOK_AHEAD_BITS);
  const limits = new Int32Array(table.buffer, TABLE.limits, LONGEST_CODE + 2);
  const offsets = new Int32Array(table.buffer, TABLE.offsets, LONGEST_CODE + 2);
  table.set(symbols, TABLE.values);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    const count = counts[length - 1]!;
    offsets[length] = index - code;
    if (code + count > 1 << length) return null;
    for (let i = 0; i < count; i++, code++, index++) {
      if (length <= LOOK_AHEAD_BITS) enter(quick, short, { code, length, symbol: symbols[index]!, isAc });
    }
    limits[length] = code << (LONGEST_CODE - length);
    code <<= 1;
  }
  limits[LONGEST_CODE + 1] = 1 << LONGEST_CODE; // beyond every code: the search ends there
  return table;
}

interface Entry {
  readonly code: number;
  readonly length: number;
  readonly symbol: number;
  readonly isAc: boolean;
}

/** Writes a code into every place whose first bits it is. */
function enter(quick: Int32Array, short: Uint16Array, { code, length, symbol, isAc }: Entry): void {
  const freeBits = LOOK_AHEAD_BITS - length;
  const [run, size] = isAc ? [symbol >> 4, symbol & 15] : [0, symbol];
  for (let rest = 0; rest < 1 << freeBits; rest++) {
    const at = (code << freeBits) | rest;
    short[at] = (symbol << 8) | length;
    if (size > freeBits) continue;
    const value = extend(rest >> (freeBits - size), size);
    // Without a value, run 15 skips sixteen zeros; anything less ends the block.
    const skipped = isAc && size === 0 && run < 15 ? COEFFICIENTS : run;
    quick[at] = (value << 16) | (skipped << 8) | (length + size);
  }
}

/** The signed value that `size` bits stand for: those that begin with 0 are negative. */
function extend(bits: number, size: number): number {
  return size > 0 && bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
}
