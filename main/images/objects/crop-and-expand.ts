/**
 * Pictures for detectors that take images of any proportions: a random part round some boxes, perhaps on a larger empty
 * picture, perhaps mirrored, then resized by `min_size` and `max_size` onto the canvas.
 * Source: product specification, section 7 (the techniques and their order), 6.7.7 (sizes); the parts are drawn as by
 * Liu et al. 2016, "SSD", https://arxiv.org/abs/1512.02325, section 2.2 and 3.6; strengths are ours.
 */

import type { Rng } from '../../../native-models/core/rng.ts';
import { scaledSize } from '../../../native-models/detection/canvas.ts';
import { boxArea, intersectionArea, type Size, type Xyxy } from '../../../native-models/geometry/box.ts';
import type { PixelBox } from '../pixels.ts';
import type { Placement } from './canvas-view.ts';
import type { KeptObjects, PictureObject } from './objects.ts';

/**
 * Strengths, recorded with every run under these names. Half the pictures are seen whole: a detector is judged on such.
 * Twice the sides at most, where the source has four times: small data sets seldom have objects that small.
 */
export const OBJECT_AUGMENTATION = {
  crop_probability: 0.5,
  /** Sides of the part over those of the picture. */
  crop_side_min: 0.4,
  crop_aspect_min: 0.5,
  crop_aspect_max: 2,
  /** A part holds at least this share of some box, or another is drawn. */
  crop_box_share_min: 0.6,
  expand_probability: 0.3,
  expand_max: 2,
  flip_probability: 0.5,
  /** An object of which less is left is no object of the part. */
  kept_share_min: 0.3,
} as const;

export type ObjectAugmentation = { readonly [Name in keyof typeof OBJECT_AUGMENTATION]: number };

/** The same for parts of pictures however they come about. */
export const KEPT_OBJECTS: KeptObjects = { leastShare: OBJECT_AUGMENTATION.kept_share_min, leastSidePx: 1 };

const CROP_ATTEMPTS = 20;

export interface ScaledSizes {
  readonly minSizePx: number;
  readonly maxSizePx: number;
  /** Smaller than these sizes ask for, where a picture would not fit. */
  readonly canvas: Size;
}

/** A picture as it is, scaled. */
export function plainPlacement(size: Size, sizes: ScaledSizes): Placement {
  return placed({ x: 0, y: 0, w: size.width, h: size.height }, { ...size, x: 0, y: 0 }, sizes, false);
}

/** Drawn with `rng` alone. */
export function randomPlacement(
  size: Size,
  objects: readonly PictureObject[],
  sizes: ScaledSizes,
  rng: Rng,
  strengths: ObjectAugmentation = OBJECT_AUGMENTATION,
): Placement {
  const crop = randomPart(size, objects, rng, strengths);
  const factor = rng.uniform() < strengths.expand_probability ? 1 + (strengths.expand_max - 1) * rng.uniform() : 1;
  const outer = { width: crop.w * factor, height: crop.h * factor };
  const [x, y] = [(outer.width - crop.w) * rng.uniform(), (outer.height - crop.h) * rng.uniform()];
  return placed(crop, { ...outer, x, y }, sizes, rng.uniform() < strengths.flip_probability);
}

/** The part lies at (x, y) of an outer picture, which is scaled as the sizes ask for and lies top left on the canvas. */
function placed(
  crop: PixelBox,
  { x, y, ...outer }: Size & { readonly x: number; readonly y: number },
  { minSizePx, maxSizePx, canvas }: ScaledSizes,
  isMirrored: boolean,
): Placement {
  const asked = scaledSize(outer, minSizePx, maxSizePx);
  const fit = Math.min(1, canvas.width / asked.width, canvas.height / asked.height);
  const side = (length: number) => Math.max(1, Math.floor(length * fit));
  const scaled = { width: side(asked.width), height: side(asked.height) };
  const [across, down] = [scaled.width / outer.width, scaled.height / outer.height];
  const left = Math.min(Math.round(x * across), scaled.width - 1);
  const top = Math.min(Math.round(y * down), scaled.height - 1);
  const w = Math.max(1, Math.min(Math.round(crop.w * across), scaled.width - left));
  const h = Math.max(1, Math.min(Math.round(crop.h * down), scaled.height - top));
  const paste = { x: isMirrored ? scaled.width - left - w : left, y: top, w, h };
  return { crop, paste, isMirrored };
}

function randomPart(size: Size, objects: readonly PictureObject[], rng: Rng, strengths: ObjectAugmentation): PixelBox {
  const whole = { x: 0, y: 0, w: size.width, h: size.height };
  if (rng.uniform() >= strengths.crop_probability) return whole;
  const { crop_side_min: least, crop_aspect_min: flat, crop_aspect_max: steep } = strengths;
  for (let attempt = 0; attempt < CROP_ATTEMPTS; attempt++) {
    const w = Math.round(size.width * (least + (1 - least) * rng.uniform()));
    const h = Math.round(size.height * (least + (1 - least) * rng.uniform()));
    const [x, y] = [rng.integer(size.width - w + 1), rng.integer(size.height - h + 1)];
    if (w < 1 || h < 1 || h / w < flat || h / w > steep) continue;
    const holds = ({ xyxy }: PictureObject) => shareIn(xyxy, [x, y, x + w, y + h]) >= strengths.crop_box_share_min;
    if (objects.length === 0 || objects.some(holds)) return { x, y, w, h };
  }
  return whole;
}

const shareIn = (box: Xyxy, part: Xyxy): number => {
  const area = boxArea(box);
  return area === 0 ? 0 : intersectionArea(box, part) / area;
};
