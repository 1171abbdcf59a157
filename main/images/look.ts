/** Small pictures of images, and fingerprints that are alike where images look alike. Runs in child processes. */

import sharp, { type Sharp } from 'sharp';
import { decodeReduced } from './decode.ts';
import type { Pixels } from './pixels.ts';

/** Twice the size at which they are shown, for screens of double density. */
export const THUMBNAIL_SIDE_PX = 256;
const QUALITY = 78;

/**
 * A JPEG of at most `THUMBNAIL_SIDE_PX` a side; smaller pictures keep their size.
 * Errors: as `decode`.
 */
export async function thumbnail(path: string): Promise<Uint8Array> {
  const pixels = await decodeReduced(path, THUMBNAIL_SIDE_PX);
  return sharpOf(pixels)
    .resize(THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

const GRID = 32;
const LOW = 8;

/**
 * The perceptual hash: which of the 64 lowest frequencies of a 32 x 32 grey picture are above their median; 16
 * hexadecimal digits. Small changes of size, brightness and compression turn few of the bits.
 * Errors: as `decode`.
 * Source: Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions", section 3.2.1.
 */
export async function fingerprint(path: string): Promise<string> {
  const pixels = await decodeReduced(path, 2 * GRID);
  const { data } = await sharpOf(pixels)
    .resize(GRID, GRID, { fit: 'fill' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const low = lowFrequencies(data);
  // The first one is the mean brightness, which says nothing of the shape and would move the median.
  const median = low.slice(1).sort((a, b) => a - b)[Math.floor((low.length - 1) / 2)]!;
  let bits = 0n;
  for (const value of low) bits = (bits << 1n) | (value > median ? 1n : 0n);
  return bits.toString(16).padStart(16, '0');
}

/** The LOW x LOW corner of the cosine transform of a GRID x GRID picture. Shapes: [GRID * GRID] -> [LOW * LOW] */
function lowFrequencies(grey: Uint8Array): number[] {
  const rows = new Float64Array(LOW * GRID);
  for (let y = 0; y < GRID; y++) {
    for (let u = 0; u < LOW; u++) {
      let sum = 0;
      for (let x = 0; x < GRID; x++) sum += grey[y * GRID + x]! * COSINES[u * GRID + x]!;
      rows[u * GRID + y] = sum;
    }
  }
  return Array.from({ length: LOW * LOW }, (_, at) => {
    const [v, u] = [Math.floor(at / LOW), at % LOW];
    let sum = 0;
    for (let y = 0; y < GRID; y++) sum += rows[u * GRID + y]! * COSINES[v * GRID + y]!;
    return sum;
  });
}

const COSINES = Float64Array.from({ length: LOW * GRID }, (_, at) => {
  const [u, x] = [Math.floor(at / GRID), at % GRID];
  return Math.cos(((2 * x + 1) * u * Math.PI) / (2 * GRID));
});

function sharpOf({ width, height, data }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}
