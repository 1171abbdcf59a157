/**
 * Windows bitmaps, which libvips as shipped does not read: uncompressed, 1, 4, 8, 24 or 32 bits a pixel.
 * Source: Microsoft, BITMAPFILEHEADER and BITMAPINFOHEADER, https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
 */

import { AppError } from '../../preload/contract/errors.ts';
import type { Pixels } from './pixels.ts';

const FILE_HEADER_BYTES = 14;
const INFO_HEADER_BYTES = 40;
const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;
const DEPTHS = [1, 4, 8, 24, 32];

interface Header {
  readonly width: number;
  readonly height: number;
  /** Rows are stored from the bottom unless the height is negative. */
  readonly isTopDown: boolean;
  readonly bits: number;
  readonly pixelsAt: number;
  readonly paletteAt: number;
}

/**
 * The pixels of a bitmap; the fourth byte of 32-bit ones is padding and ignored.
 * Errors: image-unreadable for compressed or unknown kinds, image-truncated, image-too-large.
 */
export function decodeBmp(bytes: Buffer, path: string, maxPixels: number): Pixels {
  const header = readHeader(bytes, path);
  const { width, height } = header;
  if (width * height > maxPixels) {
    const message = `${path}: ${width} x ${height} pixels are more than the limit of ${maxPixels / 1e6} megapixels`;
    throw new AppError('image-too-large', message, { file: path });
  }
  const strideBytes = Math.ceil((width * header.bits) / 32) * 4;
  const needed = header.pixelsAt + strideBytes * height;
  if (bytes.length < needed) throw truncated(path, needed, bytes.length);

  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = header.isTopDown ? y : height - 1 - y;
    readRow(bytes, header, header.pixelsAt + row * strideBytes, data, y * width * 3);
  }
  return { width, height, data };
}

function readHeader(bytes: Buffer, path: string): Header {
  const headersEnd = FILE_HEADER_BYTES + INFO_HEADER_BYTES;
  if (bytes.length < headersEnd) throw truncated(path, headersEnd, bytes.length);
  const infoBytes = bytes.readUInt32LE(14);
  const [width, signedHeight] = [bytes.readInt32LE(18), bytes.readInt32LE(22)];
  const [bits, compression] = [bytes.readUInt16LE(28), bytes.readUInt32LE(30)];
  if (infoBytes < INFO_HEADER_BYTES || width <= 0 || signedHeight === 0 || !DEPTHS.includes(bits)) {
    throw unreadable(path, `header of ${infoBytes} bytes, ${width} x ${signedHeight}, ${bits} bits a pixel`);
  }
  const hasUsualFields = compression === BIT_FIELDS && bits === 32 && bytes.readUInt32LE(54) === 0x00ff0000;
  if (compression !== UNCOMPRESSED && !hasUsualFields) throw unreadable(path, `compression ${compression}`);
  return {
    width,
    height: Math.abs(signedHeight),
    isTopDown: signedHeight < 0,
    bits,
    pixelsAt: bytes.readUInt32LE(10),
    paletteAt: FILE_HEADER_BYTES + infoBytes,
  };
}

/** Blue comes first in the file, red in ours. */
function readRow(bytes: Buffer, header: Header, from: number, data: Uint8Array, to: number): void {
  const { width, bits, paletteAt } = header;
  const mask = (1 << Math.min(bits, 8)) - 1;
  for (let x = 0; x < width; x++) {
    let at = from + (x * bits) / 8;
    if (bits <= 8) {
      const shift = 8 - bits - ((x * bits) & 7);
      at = paletteAt + 4 * ((bytes[from + ((x * bits) >> 3)]! >> shift) & mask);
    }
    data[to + 3 * x] = bytes[at + 2]!;
    data[to + 3 * x + 1] = bytes[at + 1]!;
    data[to + 3 * x + 2] = bytes[at]!;
  }
}

function truncated(path: string, needed: number, got: number): AppError {
  const message = `${path}: the bmp file ends too early (needs ${needed} bytes, has ${got})`;
  return new AppError('image-truncated', message, { file: path, expected: needed, got });
}

function unreadable(path: string, what: string): AppError {
  return new AppError('image-unreadable', `${path}: this kind of bmp file is not read (${what})`, { file: path });
}
