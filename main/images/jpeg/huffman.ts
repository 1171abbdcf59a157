/**
 * Huffman tables of JPEG, laid out for decoding several bits at a time.
 * Source: ITU-T T.81, annex C (codes from lengths), F.2.2 (decoding), F.1.2.1.1 and F.1.2.2.1 (signed values).
 */

/** Bits that one look-up sees. Nearly every code with its value is shorter. */
export const LOOK_AHEAD_BITS = 11;
const LONGEST_CODE = 16;

/**
 * `quick[next bits]` is 0 when code and value are longer than the look-ahead, else value << 16 | run << 8 | bits used,
 * where a run of `END_OF_BLOCK_RUN` ends the block. `symbols[next bits]` is symbol << 8 | code bits, or 0.
 */
export interface HuffmanTable {
  readonly quick: Int32Array;
  readonly symbols: Uint16Array;
  /** Of the codes longer than the look-ahead, by length: the first code beyond it, left-aligned to 16 bits. */
  readonly limits: Int32Array;
  /** By length: index of a code's symbol less its code. */
  readonly offsets: Int32Array;
  readonly values: Uint8Array;
}

/** Larger than any run, so that it leaves the block. */
export const END_OF_BLOCK_RUN = 64;

/**
 * The table of which `counts[i]` codes have i + 1 bits; null when these are no prefix code.
 * Shapes: counts [16], symbols [sum of counts].
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array, isAc: boolean): HuffmanTable | null {
  const quick = new Int32Array(1 << LOOK_AHEAD_BITS);
  const short = new Uint16Array(1 << LOOK_AHEAD_BITS);
  const limits = new Int32Array(LONGEST_CODE + 2);
  const offsets = new Int32Array(LONGEST_CODE + 2);
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
  return { quick, symbols: short, limits, offsets, values: Uint8Array.from(symbols) };
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
    const skipped = isAc && size === 0 && run < 15 ? END_OF_BLOCK_RUN : run;
    quick[at] = (value << 16) | (skipped << 8) | (length + size);
  }
}

/** The signed value that `size` bits stand for: those that begin with 0 are negative. */
export function extend(bits: number, size: number): number {
  return size > 0 && bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
}
