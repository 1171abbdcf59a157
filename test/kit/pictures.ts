/** Small pictures with known pixels, and files made of them. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '../../main/images/pixels.ts';
import { rngFrom } from '../../native-models/core/rng.ts';

/** A picture whose pixel (x, y) is `colour(x, y)`. */
export function picture(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3);
  }
  return { width, height, data };
}

/** Smooth colours with a bright corner at the top left, different for every seed: like a photo, it survives JPEG. */
export function photo(width: number, height: number, seed = 1): Pixels {
  const rng = rngFrom(seed, 'photo');
  const [fx, fy, phase] = [1 + 3 * rng.uniform(), 1 + 3 * rng.uniform(), 6 * rng.uniform()];
  return picture(width, height, (x, y) => {
    if (x < width / 4 && y < height / 4) return [250, 240, 230];
    const wave = Math.sin((fx * x) / width + (fy * y) / height + phase);
    return [100 + 60 * wave, 120 - 50 * wave, 60 + (80 * y) / height];
  });
}

/** The picture as a sharp pipeline, to be encoded as the test likes. */
export function encoder({ width, height, data }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Writes bytes into a folder and returns the file's path. */
export function writeBytes(folder: string, name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** The colour of a pixel. */
export function colourAt({ width, data }: Pixels, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

/** An upright picture as a file holds it whose EXIF orientation is that number. Source: EXIF 2.32, tag 274. */
export function storedPicture(orientation: number, upright: Pixels): Pixels {
  const { width, height } = upright;
  const size = orientation >= 5 ? { width: height, height: width } : upright;
  // Where the stored pixel (x, y) belongs in the upright picture.
  const places: Record<number, (x: number, y: number) => [number, number]> = {
    1: (x, y) => [x, y],
    2: (x, y) => [width - 1 - x, y],
    3: (x, y) => [width - 1 - x, height - 1 - y],
    4: (x, y) => [x, height - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y) => [width - 1 - y, x],
    7: (x, y) => [width - 1 - y, height - 1 - x],
    8: (x, y) => [y, height - 1 - x],
  };
  return picture(size.width, size.height, (x, y) => {
    const [uprightX, uprightY] = places[orientation]!(x, y);
    return colourAt(upright, uprightX, uprightY) as [number, number, number];
  });
}
