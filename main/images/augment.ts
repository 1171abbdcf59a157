/**
 * What a model sees of a picture in training: a random part of it, perhaps mirrored, with its colours shifted a little.
 * Normalisation comes later, in the training graph.
 * Source: product specification, section 7 (the techniques and their order); strengths are ours, see AUGMENTATION.
 */

import type { Rng } from '../../native-models/core/rng.ts';
import { toPlanes } from './colour.ts';
import type { PixelBox, Pixels } from './pixels.ts';
import { resampleIn } from './resample.ts';
import { inWorkspace } from './simd/kernels.ts';

/**
 * Strengths, recorded with every run under these names. The usual ImageNet recipe crops down to 8 % of the area, which
 * on a few hundred pictures often cuts the object away; at 35 % it stays in view. The rest are common mild values.
 */
export const AUGMENTATION = {
  crop_area_min: 0.35,
  crop_area_max: 1,
  crop_aspect_min: 3 / 4,
  crop_aspect_max: 4 / 3,
  flip_probability: 0.5,
  /** Factors are drawn from 1 ± these. */
  brightness: 0.2,
  contrast: 0.2,
  saturation: 0.2,
  /** Turns of the colour circle, drawn from ± this. */
  hue: 0.03,
} as const;

export type Augmentation = { readonly [Name in keyof typeof AUGMENTATION]: number };

const CROP_ATTEMPTS = 10;

/**
 * One augmented view, drawn with `rng` alone.
 * Shapes: [height, width, 3] -> planes [3, cropSize, cropSize].
 */
export function augmentForTraining(
  pixels: Pixels,
  options: { readonly cropSize: number; readonly rng: Rng; readonly augmentation?: Augmentation },
): Uint8Array {
  const { cropSize, rng, augmentation = AUGMENTATION } = options;
  const box = randomCrop(pixels, rng, augmentation);
  const isMirrored = rng.uniform() < augmentation.flip_probability;
  const shift = {
    brightness: around(1, augmentation.brightness, rng),
    contrast: around(1, augmentation.contrast, rng),
    saturation: around(1, augmentation.saturation, rng),
    hueTurns: around(0, augmentation.hue, rng),
  };
  return inWorkspace((workspace) => {
    const crop = resampleIn(workspace, pixels, box, { width: cropSize, height: cropSize, isMirrored });
    return toPlanes(workspace, crop, cropSize * cropSize, shift);
  });
}

/**
 * A box of random area and aspect ratio inside the picture; the largest allowed one in its middle when ten draws miss.
 * Source: torchvision `RandomResizedCrop.get_params` (area uniform, aspect ratio log-uniform).
 */
export function randomCrop({ width, height }: Pixels, rng: Rng, augmentation: Augmentation): PixelBox {
  const { crop_area_min, crop_area_max, crop_aspect_min, crop_aspect_max } = augmentation;
  for (let attempt = 0; attempt < CROP_ATTEMPTS; attempt++) {
    const area = width * height * between(crop_area_min, crop_area_max, rng);
    const aspect = Math.exp(between(Math.log(crop_aspect_min), Math.log(crop_aspect_max), rng));
    const w = Math.round(Math.sqrt(area * aspect));
    const h = Math.round(Math.sqrt(area / aspect));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    return { x: rng.integer(width - w + 1), y: rng.integer(height - h + 1), w, h };
  }
  const aspect = width / height;
  const w = aspect > crop_aspect_max ? Math.max(1, Math.round(height * crop_aspect_max)) : width;
  const h = aspect < crop_aspect_min ? Math.max(1, Math.round(width / crop_aspect_min)) : height;
  return { x: (width - w) >> 1, y: (height - h) >> 1, w, h };
}

function between(low: number, high: number, rng: Rng): number {
  return low + (high - low) * rng.uniform();
}

function around(middle: number, spread: number, rng: Rng): number {
  return between(middle - spread, middle + spread, rng);
}
