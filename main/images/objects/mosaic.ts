/**
 * Four pictures round one point, turned, scaled, sheared and moved together, perhaps mirrored: what `yolov5` learns from.
 * Source: product specification, section 7; Bochkovskiy et al. 2020, "YOLOv4", https://arxiv.org/abs/2004.10934, section
 * 3.3 (mosaic). Strengths are ours, see MOSAIC.
 */

import type { Rng } from '../../../native-models/core/rng.ts';
import type { Pixels } from '../pixels.ts';
import { wholeOf } from '../pixels.ts';
import { resample } from '../resample.ts';
import { filledPlanes } from './canvas-view.ts';
import { LETTERBOX_GREY } from './letterbox.ts';
import {
  type Affine,
  composed,
  type KeptObjects,
  movedObjects,
  type PictureObject,
  type PictureWithObjects,
  shift,
} from './objects.ts';
import { warpOn } from './warp.ts';

/** Strengths, recorded with every run under these names. */
export const MOSAIC = {
  mosaic_probability: 1,
  /** Of the side: how far from the middle the point lies where four pictures meet. */
  mosaic_centre: 0.25,
  rotate_degrees: 5,
  shear_degrees: 2,
  /** Of the side. */
  translate: 0.1,
  /** Factors are drawn from 1 ± this. */
  scale: 0.5,
  flip_probability: 0.5,
  kept_share_min: 0.2,
} as const;

export type MosaicStrengths = { readonly [Name in keyof typeof MOSAIC]: number };

const LEAST_SIDE_PX = 2;

export interface View {
  /** Shapes: [3,side,side]. */
  readonly planes: Uint8Array;
  readonly objects: readonly PictureObject[];
}

/** How many other pictures a view is made with, known before any of them is read. */
export const mosaicPartners = (rng: Rng, strengths: MosaicStrengths = MOSAIC): number =>
  rng.uniform() < strengths.mosaic_probability ? 3 : 0;

/** One picture alone, or four of them. Drawn with `rng` alone. */
export function mosaicView(
  parts: readonly PictureWithObjects[],
  side: number,
  rng: Rng,
  strengths: MosaicStrengths = MOSAIC,
): View {
  const resized = parts.map((part) => atMost(part, side));
  const places = parts.length === 4 ? roundAPoint(resized, side, rng, strengths) : [inTheMiddle(resized[0]!, side)];
  const whole = randomAffine(side, rng, strengths);
  const planes = filledPlanes({ width: side, height: side }, LETTERBOX_GREY);
  const kept: KeptObjects = { leastShare: strengths.kept_share_min, leastSidePx: LEAST_SIDE_PX };
  const objects = resized.flatMap(({ pixels, scale, objects: own }, i) => {
    const onCanvas = composed(whole, places[i]!);
    warpOn(planes, { width: side, height: side }, pixels, onCanvas);
    const fromSource = composed(onCanvas, scale);
    return movedObjects(own, fromSource, { width: side, height: side }, kept);
  });
  return { planes, objects };
}

interface Resized {
  readonly pixels: Pixels;
  /** From the picture as it was. */
  readonly scale: Affine;
  readonly objects: readonly PictureObject[];
}

/** The longer side becomes `side`, unless it is shorter: never enlarged, as in a letterbox. Shrinking here is smooth. */
function atMost({ pixels, objects }: PictureWithObjects, side: number): Resized {
  const factor = Math.min(1, side / Math.max(pixels.width, pixels.height));
  const [width, height] = [
    Math.max(1, Math.round(pixels.width * factor)),
    Math.max(1, Math.round(pixels.height * factor)),
  ];
  const scale = { xx: width / pixels.width, xy: 0, x0: 0, yx: 0, yy: height / pixels.height, y0: 0 };
  return { pixels: resample(pixels, wholeOf(pixels), width, height), scale, objects };
}

/** Where each resized picture lies on the mosaic, whose middle is that of the view. Each has a quarter of the plane. */
function roundAPoint(parts: readonly Resized[], side: number, rng: Rng, strengths: MosaicStrengths): Affine[] {
  const drawn = () => Math.round(side * (0.5 + strengths.mosaic_centre * (2 * rng.uniform() - 1)));
  const [cx, cy] = [drawn(), drawn()];
  return parts.map(({ pixels: { width, height } }, i) =>
    shift(i % 2 === 1 ? cx : cx - width, i >= 2 ? cy : cy - height),
  );
}

function inTheMiddle({ pixels: { width, height } }: Resized, side: number): Affine {
  return shift(Math.round((side - width) / 2), Math.round((side - height) / 2));
}

/** About the middle of the view. */
function randomAffine(side: number, rng: Rng, strengths: MosaicStrengths): Affine {
  const spread = (most: number) => most * (2 * rng.uniform() - 1);
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const angle = radians(spread(strengths.rotate_degrees));
  const scale = 1 + spread(strengths.scale);
  const [shearX, shearY] = [
    Math.tan(radians(spread(strengths.shear_degrees))),
    Math.tan(radians(spread(strengths.shear_degrees))),
  ];
  const [dx, dy] = [side * spread(strengths.translate), side * spread(strengths.translate)];
  const mirror = rng.uniform() < strengths.flip_probability ? -1 : 1;
  const [c, s] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const turn = { xx: c, xy: -s, x0: 0, yx: s, yy: c, y0: 0 };
  const shear = { xx: 1, xy: shearX, x0: 0, yx: shearY, yy: 1, y0: 0 };
  const flip = { xx: mirror, xy: 0, x0: side / 2 + dx, yx: 0, yy: 1, y0: side / 2 + dy };
  return composed(flip, composed(shear, composed(turn, shift(-side / 2, -side / 2))));
}
