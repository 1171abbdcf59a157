/** EXIF orientation: reading it, and turning a picture upright. Source: EXIF 2.3, tag 0x0112; TIFF 6.0, section 2. */

import type { Pixels } from '../pixels.ts';

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/** The orientation that EXIF data (from its TIFF header on) gives, 1 when it gives none, null when it cannot be read. */
export function readOrientation(tiff: Buffer): number | null {
  try {
    const isLittle = tiff.toString('latin1', 0, 2) === 'II';
    const read16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
    const read32 = (at: number) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
    if (read16(2) !== 42) return null;
    const directory = read32(4);
    for (let i = 0; i < read16(directory); i++) {
      const entry = directory + 2 + 12 * i;
      if (read16(entry) !== ORIENTATION_TAG) continue;
      const value = read16(entry + 8);
      return read16(entry + 2) === SHORT && value >= 1 && value <= 8 ? value : null;
    }
    return 1;
  } catch {
    return null; // an offset beyond the data
  }
}

/**
 * The upright picture. `orientation` says where the stored first row and first column belong.
 * Shapes: [height, width, 3] -> the same, or [width, height, 3] from 5 on.
 */
export function turnUpright(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) return pixels;
  const isTransposed = orientation >= 5;
  const [width, height] = isTransposed ? [pixels.height, pixels.width] : [pixels.width, pixels.height];
  // 1 and 5 keep the first corner; 2 and 6 mirror left and right, 4 and 8 top and bottom, 3 and 7 both.
  const isMirrored = [2, 3, 6, 7].includes(orientation);
  const isFlipped = [3, 4, 7, 8].includes(orientation);
  const [acrossStep, downStep] = isTransposed ? [pixels.width * 3, 3] : [3, pixels.width * 3];
  const data = new Uint8Array(pixels.data.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = (isFlipped ? height - 1 - y : y) * downStep;
    for (let x = 0; x < width; x++, to += 3) {
      const from = row + (isMirrored ? width - 1 - x : x) * acrossStep;
      data[to] = pixels.data[from]!;
      data[to + 1] = pixels.data[from + 1]!;
      data[to + 2] = pixels.data[from + 2]!;
    }
  }
  return { width, height, data };
}
