/**
 * Made-up photographs: noise at every scale from the whole picture down to a pixel, weaker the finer it is, so that a
 * JPEG of them has about a photograph's bytes per pixel. The same pictures on every run.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Rng, rngFrom } from '../../native-models/core/rng.ts';

const COARSEST_PX = 4;
/** Noise added at the coarsest scale, of 255, and what is left of that at each scale below. */
const COARSEST_AMPLITUDE = 150;
const FALLOFF = 0.68;
const FINEST_AMPLITUDE = 20;
const QUALITY = 87;

/** Writes so many JPEG files of one size into a folder; returns their paths. */
export async function writePhotos(folder: string, count: number, width: number, height: number): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const paths = Array.from({ length: count }, (_, index) => join(folder, `${index}.jpg`));
  for (const [index, path] of paths.entries()) {
    const data = await photo(width, height, rngFrom(index, 'photo', width, height));
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: QUALITY })
      .toFile(path);
  }
  return paths;
}

/** Begins with a few pixels, and doubles them while adding noise. */
async function photo(width: number, height: number, rng: Rng): Promise<Uint8Array> {
  const doublings = Math.ceil(Math.log2(Math.min(width, height) / COARSEST_PX));
  let [data, across, down] = [new Uint8Array([128, 128, 128]), 1, 1];
  for (let level = doublings; level >= 0; level--) {
    const [wider, taller] = [Math.ceil(width / 2 ** level), Math.ceil(height / 2 ** level)];
    data = await enlarged(data, across, down, wider, taller);
    [across, down] = [wider, taller];
    addNoise(data, Math.max(FINEST_AMPLITUDE, COARSEST_AMPLITUDE * FALLOFF ** (doublings - level)), rng);
  }
  return data;
}

async function enlarged(data: Uint8Array, width: number, height: number, toWidth: number, toHeight: number) {
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  return new Uint8Array(await image.resize(toWidth, toHeight, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer());
}

function addNoise(data: Uint8Array, amplitude: number, rng: Rng): void {
  for (let i = 0; i < data.length; i++) {
    const value = data[i]! + amplitude * (rng.uniform() - 0.5);
    data[i] = Math.min(255, Math.max(0, Math.round(value)));
  }
}
