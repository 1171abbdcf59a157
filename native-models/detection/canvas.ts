/**
 * The one size of picture a program of a detector takes. An image is scaled as the sizes ask for and lies at the top left
 * of the canvas; the rest is nothing, which a detector sees as the mean colour. Torchvision pads each batch to the
 * largest image of it in the same way, so where the canvas is that large the numbers are the same.
 */

import type { Size } from '../geometry/box.ts';

/** Sides of a canvas are multiples of this: the coarsest map of the backbone has a whole number of pixels. */
export const CANVAS_STRIDE_PX = 32;

/**
 * The size an image is scaled to: the shorter side becomes `minSizePx`, unless the longer one would be over `maxSizePx`,
 * which it then becomes.
 * Source: product specification, section 6.7.7; rounded as torchvision's GeneralizedRCNNTransform does.
 */
export function scaledSize({ width, height }: Size, minSizePx: number, maxSizePx: number): Size {
  const byShort = Math.fround(minSizePx / Math.min(width, height));
  const byLong = Math.fround(maxSizePx / Math.max(width, height));
  const scale = Math.min(byShort, byLong);
  const side = (length: number) => Math.max(1, Math.floor(length * scale));
  return { width: side(width), height: side(height) };
}

/** The smallest canvas on which each of the scaled images fits. */
export function canvasFor(scaled: readonly Size[]): Size {
  const side = (most: number) => Math.max(1, Math.ceil(most / CANVAS_STRIDE_PX)) * CANVAS_STRIDE_PX;
  const largest = (length: (size: Size) => number) => scaled.reduce((most, size) => Math.max(most, length(size)), 0);
  return { width: side(largest((size) => size.width)), height: side(largest((size) => size.height)) };
}

/** Sides of the maps of a pyramid that begins at 1/2^`lowest` of the canvas and halves, rounding up. */
export function pyramidSizes(canvas: Size, lowest: number, count: number): Size[] {
  const side = (length: number, level: number) => Math.ceil(length / 2 ** level);
  return Array.from({ length: count }, (_, i) => ({
    width: side(canvas.width, lowest + i),
    height: side(canvas.height, lowest + i),
  }));
}
