/**
 * Whether the usual kind of PNG is whole: every checksum, every row. Inflating it costs a tenth of what libvips takes to
 * prepare itself for a small picture. Only what is surely sound comes out of here; anything unusual, and anything that
 * looks damaged, is null, so that libvips looks at it.
 * Source: PNG specification, third edition, sections 5 (chunks), 9 (filters) and 11 (kinds of pictures).
 */

import { crc32, inflateSync } from 'node:zlib';

const SIGNATURE_BYTES = 8;
/** Around a chunk's data: its length and type before, its checksum after. */
const [HEAD_BYTES, CHECKSUM_BYTES] = [8, 4];
const HEADER_BYTES = 13;
const COLOUR_PER_PALETTE = 3;
const LAST_FILTER = 4;
/** Bits a channel, by the kind of colour. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Chunks that change neither the size nor the orientation, and that hold nothing to unpack. */
const HARMLESS = new Set(['PLTE', 'IDAT', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'pHYs', 'sBIT', 'bKGD', 'tEXt', 'tIME']);
/** Larger pictures go to libvips, which unpacks them piece by piece. */
const LARGEST_BYTES = 64 * 1024 * 1024;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly colour: number;
  readonly rowBytes: number;
}

/** The size of a sound PNG of the usual kind, or null where libvips should look. */
export function soundPngSize(bytes: Buffer): { readonly width: number; readonly height: number } | null {
  const header = headerOf(bytes);
  if (header === null) return null;
  const { width, height, colour, rowBytes } = header;
  if (rowBytes * height > LARGEST_BYTES) return null;
  const data = pixelDataOf(bytes, colour);
  return data !== null && isWhole(data, rowBytes, height) ? { width, height } : null;
}

function headerOf(bytes: Buffer): Header | null {
  const at = SIGNATURE_BYTES;
  const end = at + HEAD_BYTES + HEADER_BYTES + CHECKSUM_BYTES;
  if (bytes.length < end || bytes.readUInt32BE(at) !== HEADER_BYTES || typeAt(bytes, at) !== 'IHDR') return null;
  const header = bytes.subarray(at + HEAD_BYTES, end - CHECKSUM_BYTES);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colour, compression, filter, interlace] = header.subarray(8) as unknown as readonly number[];
  if (width === 0 || height === 0 || compression !== 0 || filter !== 0 || interlace !== 0) return null;
  if (!DEPTHS[colour!]?.includes(depth!)) return null;
  return { width, height, colour: colour!, rowBytes: 1 + Math.ceil((width * CHANNELS[colour!]! * depth!) / 8) };
}

/** The compressed pixels of a file whose chunks are all known, in order and unharmed. */
function pixelDataOf(bytes: Buffer, colour: number): Buffer | null {
  const parts: Buffer[] = [];
  let hasPalette = false;
  let isPastData = false;
  for (let at = SIGNATURE_BYTES; at + HEAD_BYTES + CHECKSUM_BYTES <= bytes.length; ) {
    const end = at + HEAD_BYTES + bytes.readUInt32BE(at);
    if (end + CHECKSUM_BYTES > bytes.length) return null;
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) return null;
    const type = typeAt(bytes, at);
    const data = bytes.subarray(at + HEAD_BYTES, end);
    if (type === 'IEND') {
      const isComplete = parts.length > 0 && (hasPalette || colour !== COLOUR_PER_PALETTE);
      return isComplete ? (parts.length === 1 ? parts[0]! : Buffer.concat(parts)) : null;
    }
    if (type === 'IHDR' ? at !== SIGNATURE_BYTES : !HARMLESS.has(type)) return null;
    if (type === 'IDAT') {
      if (isPastData) return null;
      parts.push(data);
    } else {
      isPastData = parts.length > 0;
      if (type === 'PLTE') {
        if (hasPalette || isPastData || data.length === 0 || data.length % 3 !== 0) return null;
        hasPalette = true;
      }
    }
    at = end + CHECKSUM_BYTES;
  }
  return null;
}

/** Whether the data unpacks to exactly the rows of the picture, each under a filter that there is. */
function isWhole(data: Buffer, rowBytes: number, height: number): boolean {
  const total = rowBytes * height;
  let rows: Buffer;
  try {
    rows = inflateSync(data, { maxOutputLength: total + 1 });
  } catch {
    return false; // libvips says what is wrong with it
  }
  if (rows.length !== total) return false;
  for (let at = 0; at < total; at += rowBytes) if (rows[at]! > LAST_FILTER) return false;
  return true;
}

const typeAt = (bytes: Buffer, at: number): string => bytes.toString('latin1', at + 4, at + HEAD_BYTES);
