/** What a model sees of a picture when it is judged or used: shorter side resized, centre cropped. Nothing is random. */

import { AppError } from '../../preload/contract/errors.ts';
import type { Pixels } from './pixels.ts';
import { resample } from './resample.ts';

export interface EvaluationSizes {
  /** The shorter side after resizing; at least `cropSize`. */
  readonly resizeSize: number;
  readonly cropSize: number;
}

/**
 * Resizes the shorter side to `resizeSize`, keeps the proportions, cuts a square of `cropSize` from the middle.
 * Shapes: [height, width, 3] -> planes [3, cropSize, cropSize].
 * Errors: bad-hyperparameter when the crop would not fit.
 * Source: product specification, sections 7 and 18.2, conflict C9; rounding as torchvision's Resize and CenterCrop.
 */
export function resizeForEvaluation(pixels: Pixels, { resizeSize, cropSize }: EvaluationSizes): Uint8Array {
  checkSizes(resizeSize, cropSize);
  const { width, height } = pixels;
  const shorter = Math.min(width, height);
  const outWidth = width === shorter ? resizeSize : Math.trunc((resizeSize * width) / shorter);
  const outHeight = height === shorter ? resizeSize : Math.trunc((resizeSize * height) / shorter);
  const resized = resample(pixels, { x: 0, y: 0, w: width, h: height }, outWidth, outHeight);
  return centreCrop(resized, cropSize);
}

/**
 * Refuses sizes of which the crop would be larger than the picture.
 * Errors: bad-hyperparameter.
 */
export function checkSizes(resizeSize: number, cropSize: number): void {
  if (resizeSize >= cropSize) return;
  const message = `valid_resize_size must be at least valid_crop_size (${cropSize}), got ${resizeSize}`;
  throw new AppError('bad-hyperparameter', message, {
    field: 'valid_resize_size',
    expected: cropSize,
    got: resizeSize,
  });
}

function centreCrop({ width, height, data }: Pixels, side: number): Uint8Array {
  const left = roundHalfToEven((width - side) / 2);
  const top = roundHalfToEven((height - side) / 2);
  const planes = new Uint8Array(3 * side * side);
  const area = side * side;
  for (let y = 0; y < side; y++) {
    let from = ((top + y) * width + left) * 3;
    for (let to = y * side; to < (y + 1) * side; to++) {
      planes[to] = data[from++]!;
      planes[to + area] = data[from++]!;
      planes[to + 2 * area] = data[from++]!;
    }
  }
  return planes;
}

/** Python's `round`. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
