/**
 * A picture that is no photograph: its values are objects or classes. The value of a pixel is its place in the palette, its
 * grey, or, of a coloured one, red + 256 green + 65536 blue, as COCO's panoptic pictures count.
 * Source: https://cocodataset.org/#format-data (panoptic); PNG specification, 11.2.3 (PLTE).
 */

import sharp from 'sharp';
import { AppError } from '../../preload/contract/errors.ts';
import { type DecodeOptions, type ImageFile, openImage, readHeader } from './decode.ts';
import { MAX_PIXELS } from './format.ts';

export interface ValuePlanes {
  readonly width: number;
  readonly height: number;
  /** Values are colours, not places in a palette or greys. */
  readonly isColour: boolean;
  /** Ascending by value; lengths of runs column by column, beginning with the pixels of other values. */
  readonly planes: readonly { readonly value: number; readonly counts: readonly number[] }[];
}

/** More values than this are a photograph. */
const MOST_VALUES = 5000;

/**
 * Every value of a picture with the pixels that have it.
 * Errors: image-missing, image-empty, image-unreadable (also for a photograph), image-too-large.
 */
export async function readPlanes(path: string, options: DecodeOptions = {}): Promise<ValuePlanes> {
  const file = openImage(path);
  await readHeader(file, options);
  const { values, width, height, isColour } = await valuesOf(file, options);
  const runs = new Map<number, number[]>();
  const total = width * height;
  let [from, last] = [0, values[0]!];
  for (let at = 1; at <= total; at++) {
    const value = at === total ? -1 : values[(at % height) * width + Math.floor(at / height)]!;
    if (value === last) continue;
    const known = runs.get(last);
    if (known) known.push(from, at);
    else runs.set(last, [from, at]);
    [from, last] = [at, value];
    if (runs.size > MOST_VALUES) {
      const message = `${path}: expected a picture of objects, got a photograph: more than ${MOST_VALUES} colours`;
      throw new AppError('image-unreadable', message, { file: path });
    }
  }
  const planes = [...runs]
    .sort(([a], [b]) => a - b)
    .map(([value, bounds]) => ({ value, counts: toCounts(bounds, total) }));
  return { width, height, isColour, planes };
}

function toCounts(bounds: readonly number[], total: number): number[] {
  const counts = bounds.map((bound, i) => bound - (bounds[i - 1] ?? 0));
  const end = bounds.at(-1)!;
  return end < total ? [...counts, total - end] : counts;
}

async function valuesOf(
  file: ImageFile,
  { maxPixels = MAX_PIXELS }: DecodeOptions,
): Promise<{ values: Uint32Array; width: number; height: number; isColour: boolean }> {
  const palette = file.format === 'png' ? paletteOf(file.bytes) : null;
  const source = sharp(file.bytes, { limitInputPixels: maxPixels }).removeAlpha();
  const { data, info } = await source.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const values = new Uint32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const at = i * channels;
    const [red, green, blue] =
      channels < 3 ? [data[at]!, data[at]!, data[at]!] : [data[at]!, data[at + 1]!, data[at + 2]!];
    const colour = red + 256 * green + 65_536 * blue;
    values[i] = palette?.get(colour) ?? (channels < 3 ? red : colour);
  }
  if (channels < 3 || palette !== null) return { values, width, height, isColour: false };
  // A grey picture that was saved in colour has the values of its grey.
  const isGrey = values.every((value) => value === (value & 0xff) * 0x010101);
  return { values: isGrey ? values.map((value) => value & 0xff) : values, width, height, isColour: !isGrey };
}

/** Places of colours in a PNG's palette; of a colour that it has twice, the first. Null where it has none. */
function paletteOf(bytes: Buffer): ReadonlyMap<number, number> | null {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') return null;
    if (type === 'PLTE') {
      const colours = new Map<number, number>();
      for (let i = 0; 3 * i + 2 < length && at + 8 + 3 * i + 2 < bytes.length; i++) {
        const entry = at + 8 + 3 * i;
        const colour = bytes[entry]! + 256 * bytes[entry + 1]! + 65_536 * bytes[entry + 2]!;
        if (!colours.has(colour)) colours.set(colour, i);
      }
      return colours;
    }
    at += 12 + length;
  }
  return null;
}
