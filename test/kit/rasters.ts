/** Pictures with a known object: what a segmentation must find. */

import type { Rng } from '../../native-models/core/rng.ts';
import type { Size } from '../../native-models/geometry/box.ts';
import { type Mask, maskArea, maskFromBitmap, sharedPixels } from '../../native-models/geometry/mask.ts';
import type { PixelReader, Raster } from '../../renderer/label/pixels/raster.ts';

type Colour = readonly [number, number, number];

export interface MadePicture {
  readonly raster: Raster;
  readonly truth: Mask;
}

/** Pixels whose middles are `inside` have one colour, the others another, each with noise of so many levels. */
export function madePicture(
  size: Size,
  isInside: (x: number, y: number) => boolean,
  [inside, outside]: readonly [Colour, Colour],
  noise: number,
  rng: Rng,
): MadePicture {
  const { width, height } = size;
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  const truth = new Uint8Array(width * height);
  for (let i = 0; i < width * height; i++) {
    const isIn = isInside((i % width) + 0.5, Math.floor(i / width) + 0.5);
    truth[i] = Number(isIn);
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = (isIn ? inside : outside)[c]! + noise * (2 * rng.uniform() - 1);
  }
  return { raster: { ...size, rgba }, truth: maskFromBitmap(truth, size) };
}

export const readerOf = (raster: Raster): PixelReader => ({
  size: { width: raster.width, height: raster.height },
  read: async ([x0, y0, x1, y1]) => {
    const [width, height] = [x1 - x0, y1 - y0];
    const rgba = new Uint8ClampedArray(4 * width * height);
    for (let i = 0; i < rgba.length; i++) {
      const [x, y] = [x0 + ((i >> 2) % width), y0 + Math.floor((i >> 2) / width)];
      rgba[i] = raster.rgba[4 * (y * raster.width + x) + (i & 3)]!;
    }
    return { width, height, rgba };
  },
});

/** Intersection over union, of one size. */
export function iouOf(found: Mask | null, truth: Mask): number {
  if (found === null) return 0;
  const shared = sharedPixels(found, truth);
  return shared / (maskArea(found) + maskArea(truth) - shared);
}
