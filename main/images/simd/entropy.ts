/**
 * Reads the coefficients of one 8x8 block from Huffman-coded data.
 * Source: ITU-T T.81, section F.2.2 (sequential decoding).
 */

import { type Code, FunctionWriter, type Variable } from './assembler.ts';
import * as i from './instructions.ts';

/** Bits that one look-up sees. Nearly every code with its value is shorter. */
export const LOOK_AHEAD_BITS = 11;
export const LONGEST_CODE = 16;
export const COEFFICIENTS = 64;
const LONGEST_VALUE = 15;
/** A run of zeros that has no value after it unless it is this long. */
const LONGEST_RUN = 15;

/**
 * Where things lie in a Huffman table: for the next 11 bits, code and value together (0 where they are longer, else
 * value << 16 | run << 8 | bits used) and the code alone (symbol << 8 | bits used, or 0); for longer codes by length the
 * first code beyond, left-aligned to 16 bits, and the index of its symbol less its code; then the symbols.
 */
export const TABLE = {
  quick: 0,
  symbols: 4 << LOOK_AHEAD_BITS,
  limits: 6 << LOOK_AHEAD_BITS,
  offsets: (6 << LOOK_AHEAD_BITS) + 4 * (LONGEST_CODE + 2),
  values: (6 << LOOK_AHEAD_BITS) + 8 * (LONGEST_CODE + 2),
  bytes: (6 << LOOK_AHEAD_BITS) + 8 * (LONGEST_CODE + 2) + 256,
} as const;

/** Where things lie in a reader's state, in integers: the next bit, the bit where data ends, the result, predictors. */
export const STATE = { bit: 0, end: 1, last: 2, predictors: 3, length: 6 } as const;

/** Less than 0: the data makes no sense. */
export const NO_SENSE = -1;

/**
 * Adds a block's coefficients, multiplied by their steps, to `block`, which is all zero before; sets `last` to the zigzag
 * index of the last one below `limit`, the rest being skipped. The data's bytes lie backwards and end at `top`, so
 * that a load of four bytes has the first one highest. `places` and `steps` are integers in zigzag order.
 */
export function readBlock(): FunctionWriter {
  const f = new FunctionWriter(['state', 'top', 'dc', 'ac', 'predictor', 'block', 'places', 'steps', 'limit']);
  const { state, top, dc, ac, predictor, block, places, steps, limit } = f.parameters;
  const word = (name: 'bit' | 'end' | 'last') => 4 * STATE[name];
  const reader = new BitReader(f, top, i.load32(state, word('bit')));
  const giveUp = () => {
    f.run(i.store32(state, i.constant(NO_SENSE), word('last')));
    f.leave();
  };
  f.when(i.isLess(i.load32(state, word('end')), reader.bit.get), giveUp);

  reader.readPair(dc, true, giveUp);
  const mean = f.integer(i.add(i.load32(predictor), reader.value.get));
  f.run(i.store32(predictor, mean));
  f.run(i.store32(block, i.multiply(mean, i.load32(steps))));
  const k = f.variable('i32', i.constant(1));
  const last = f.variable('i32', i.constant(0));
  const at = (table: Code) => i.load32(i.add(table, i.multiply(k.get, i.constant(4))));
  f.while(i.isLess(k.get, i.constant(COEFFICIENTS)), () => {
    reader.readPair(ac, false, giveUp);
    f.set(k, i.add(k.get, reader.run.get));
    f.when(reader.value.get, () => {
      f.when(i.isLess(i.constant(COEFFICIENTS - 1), k.get), giveUp);
      f.when(i.isLess(k.get, limit), () => {
        f.run(i.store32(i.add(block, i.multiply(at(places), i.constant(4))), i.multiply(reader.value.get, at(steps))));
        f.set(last, k.get);
      });
    });
    f.set(k, i.add(k.get, i.constant(1)));
  });
  f.run(i.store32(state, reader.bit.get, word('bit')));
  f.run(i.store32(state, last.get, word('last')));
  return f;
}

/** Writes the reading of one code and its value, into variables. */
class BitReader {
  readonly bit: Variable;
  /** Zeros before the value; at least `COEFFICIENTS` at the end of a block. */
  readonly run: Variable;
  readonly value: Variable;
  private readonly f: FunctionWriter;
  private readonly top: Code;

  constructor(f: FunctionWriter, top: Code, bit: Code) {
    this.f = f;
    this.top = top;
    this.bit = f.variable('i32', bit);
    this.run = f.variable('i32', i.constant(0));
    this.value = f.variable('i32', i.constant(0));
  }

  readPair(table: Code, isDc: boolean, giveUp: () => void): void {
    const { f, bit, run, value } = this;
    const ahead = f.integer(this.ahead());
    const index = f.integer(i.shiftRightUnsigned(ahead, i.constant(32 - LOOK_AHEAD_BITS)));
    const entry = f.integer(i.load32(i.add(table, i.multiply(index, i.constant(4))), TABLE.quick));
    f.when(
      entry,
      () => {
        f.set(value, i.shiftRight(entry, i.constant(16)));
        f.set(run, i.and(i.shiftRight(entry, i.constant(8)), i.constant(0xff)));
        f.set(bit, i.add(bit.get, i.and(entry, i.constant(0xff))));
      },
      () => {
        const symbol = this.readSymbol(table, ahead, index, giveUp);
        if (isDc) f.when(i.isLess(i.constant(LONGEST_VALUE), symbol), giveUp);
        const size = f.integer(i.and(symbol, i.constant(LONGEST_VALUE)));
        f.set(run, i.shiftRight(symbol, i.constant(4)));
        this.readValue(size);
      },
    );
  }

  /** The next 25 bits, highest first. */
  private ahead(): Code {
    const byte = i.subtract(this.top, i.add(i.shiftRight(this.bit.get, i.constant(3)), i.constant(4)));
    return i.shiftLeft(i.load32(byte), i.and(this.bit.get, i.constant(7)));
  }

  private readSymbol(table: Code, ahead: Code, index: Code, giveUp: () => void): Code {
    const { f, bit } = this;
    const symbol = f.variable('i32', i.load16(i.add(table, i.add(index, index)), TABLE.symbols));
    f.when(
      symbol.get,
      () => {
        f.set(bit, i.add(bit.get, i.and(symbol.get, i.constant(0xff))));
        f.set(symbol, i.shiftRight(symbol.get, i.constant(8)));
      },
      () => {
        const code = f.integer(i.shiftRightUnsigned(ahead, i.constant(16)));
        const length = f.variable('i32', i.constant(LOOK_AHEAD_BITS + 1));
        const of = (offset: number) => i.load32(i.add(table, i.multiply(length.get, i.constant(4))), offset);
        f.while(i.isLess(of(TABLE.limits), i.add(code, i.constant(1))), () => {
          f.set(length, i.add(length.get, i.constant(1)));
        });
        f.when(i.isLess(i.constant(LONGEST_CODE), length.get), giveUp);
        const own = i.shiftRight(code, i.subtract(i.constant(LONGEST_CODE), length.get));
        f.set(symbol, i.load8(i.add(table, i.add(of(TABLE.offsets), own)), TABLE.values));
        f.set(bit, i.add(bit.get, length.get));
      },
    );
    return symbol.get;
  }

  private readValue(size: Code): void {
    const { f, bit, run, value } = this;
    f.when(
      size,
      () => {
        f.set(value, i.shiftRightUnsigned(this.ahead(), i.subtract(i.constant(32), size)));
        f.set(bit, i.add(bit.get, size));
        // Values that begin with 0 are negative.
        const half = i.shiftLeft(i.constant(1), i.subtract(size, i.constant(1)));
        f.when(i.isLess(value.get, half), () => {
          f.set(value, i.add(i.subtract(value.get, i.shiftLeft(i.constant(1), size)), i.constant(1)));
        });
      },
      () => {
        f.set(value, i.constant(0));
        f.when(i.isLess(run.get, i.constant(LONGEST_RUN)), () => f.set(run, i.constant(COEFFICIENTS)));
      },
    );
  }
}
