/**
 * A PNG of places in VOC's palette, as masks of objects are kept.
 * Source: PNG specification (third edition), 5 and 11; VOC's palette as `resolve-planes.ts` reads it.
 */

import { crc32, deflateSync } from 'node:zlib';
import type { Size } from '../../../native-models/geometry/box.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const [BIT_DEPTH, PALETTE_COLOUR] = [8, 3];

/** Shapes: values [height, width], row by row. */
export function indexedPng(values: Uint8Array, { width, height }: Size): Buffer {
  const rows = Buffer.alloc(height * (width + 1)); // each begins with its filter, which is none
  for (let y = 0; y < height; y++) rows.set(values.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([BIT_DEPTH, PALETTE_COLOUR], 8);
  const parts = [chunk('IHDR', header), chunk('PLTE', vocPalette()), chunk('IDAT', deflateSync(rows))];
  return Buffer.concat([SIGNATURE, ...parts, chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Bits of the place go to red, green and blue in turn, highest bits first. */
function vocPalette(): Buffer {
  const palette = Buffer.alloc(3 * 256);
  for (let place = 0; place < 256; place++) {
    for (let bit = 0; bit < 8; bit++) {
      if (((place >> bit) & 1) === 1) palette[3 * place + (bit % 3)]! |= 0x80 >> Math.floor(bit / 3);
    }
  }
  return palette;
}
