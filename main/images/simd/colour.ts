/** Whole pictures of RGB, sixteen pixels at a time: sums of the channels, and an affine map of the colours into planes. */

import { type Code, FunctionWriter } from './assembler.ts';
import * as i from './instructions.ts';
import { toBytes } from './resample.ts';

const CHANNELS = [0, 1, 2] as const;
const PIXELS = 16;
const COLUMNS = 4;
/** Fraction bits of the map's numbers. */
export const MAP_BITS = 16;

/**
 * Adds up each channel: four partial sums of red, then of green, then of blue, to `sums` (twelve integers). Pixels are
 * read in sixteens, so those after the last one must be zero.
 */
export function channelSums(): FunctionWriter {
  const f = new FunctionWriter(['from', 'pixels', 'sums']);
  const { from, pixels, sums } = f.parameters;
  const totals = CHANNELS.map(() => f.variable('v128', i.splat32(0)));
  f.count(pixels, PIXELS, (x) => {
    for (const [channel, lanes] of loadChannels(f, from, x).entries()) {
      const pairs = i.add16x8(i.widenLowBytes(lanes), i.widenHighBytes(lanes));
      const both = f.vector(pairs);
      const quarter = i.add32x4(i.widenLow16(both), i.widenHigh16(both));
      f.set(totals[channel]!, i.add32x4(totals[channel]!.get, quarter));
    }
  });
  for (const [channel, total] of totals.entries()) f.run(i.storeVector(sums, total.get, PIXELS * channel));
  return f;
}

/**
 * Maps colours and takes the channels apart. `map` is a row-major 3 x 4 matrix of integers with `MAP_BITS` fraction bits;
 * its last column holds what is added, rounding included.
 */
export function toPlanes(): FunctionWriter {
  const f = new FunctionWriter(['from', 'pixels', 'red', 'green', 'blue', 'map']);
  const { from, pixels, red, green, blue, map } = f.parameters;
  const planes = [red, green, blue];
  const factors = planes.map((_, row) =>
    [0, 1, 2, 3].map((column) => f.vector(i.loadSplat32(map, 4 * (COLUMNS * row + column)))),
  );
  f.count(pixels, PIXELS, (x) => {
    const quarters = loadChannels(f, from, x).map((lanes) => {
      const halves = [f.vector(i.widenLowBytes(lanes)), f.vector(i.widenHighBytes(lanes))];
      return halves.flatMap((half) => [f.vector(i.widenLow16(half)), f.vector(i.widenHigh16(half))]);
    });
    for (const [row, plane] of planes.entries()) {
      const mapped = [0, 1, 2, 3].map((quarter) => {
        const products = CHANNELS.map((c) => i.multiply32x4(quarters[c]![quarter]!, factors[row]![c]!));
        return i.shiftRight32x4(
          products.reduce((sum, one) => i.add32x4(sum, one), factors[row]![3]!),
          MAP_BITS,
        );
      });
      f.run(i.storeVector(i.add(plane, x), toBytes(mapped)));
    }
  });
  return f;
}

/** Sixteen values of each channel, from pixel x on. */
function loadChannels(f: FunctionWriter, from: Code, x: Code): Code[] {
  const at = f.integer(i.add(from, i.multiply(x, i.constant(3))));
  const [a, b, c] = [0, 16, 32].map((offset) => f.vector(i.loadVector(at, offset))) as [Code, Code, Code];
  return CHANNELS.map((channel) => {
    const bytes = Array.from({ length: PIXELS }, (_, pixel) => 3 * pixel + channel);
    const early = i.shuffle(
      a,
      b,
      bytes.map((byte) => (byte < 32 ? byte : 0)),
    );
    const lanes = bytes.map((byte, pixel) => (byte < 32 ? pixel : byte - 16));
    return f.vector(i.shuffle(early, c, lanes));
  });
}
