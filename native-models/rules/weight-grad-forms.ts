/**
 * Which form a weight gradient over blocked maps takes. The table is measured, for each width of vectors: the forms differ
 * in how much they copy and in how well they fill the processor's registers, and both depend on the shape alone.
 * Source: process times of one thread, docs/decisions/0007.
 */

import type { ConvAttrs } from '../core/primitives.ts';

type Sizes = readonly [number, number, number, number];

export type WeightGradForm = 'per-image' | 'rows' | 'dilated';

export interface ConvSizes {
  readonly x: Sizes;
  readonly g: Sizes;
  readonly weight: Sizes;
  readonly attrs: ConvAttrs;
}

interface Limits {
  /** Pixels of a map from which a 1x1 kernel is served best by one product per image. */
  readonly largePixels: number;
  /** Rows of a map above which a larger kernel is served best by the dilated form. */
  readonly largeRows: number;
  /** The same where images fill whole blocks. */
  readonly largeRowsOfImages: number;
}

/** By channels in a block: 8 with AVX2, 16 with AVX-512. */
const LIMITS: Readonly<Record<number, Limits>> = {
  8: { largePixels: 784, largeRows: 28, largeRowsOfImages: 28 },
  16: { largePixels: 784, largeRows: 56, largeRowsOfImages: Number.POSITIVE_INFINITY },
};

const MOST_FILLING = 1.3; // work on zeros that fill up the last block, over work on rows

export function weightGradForm({ x, g, weight, attrs }: ConvSizes, block: number): WeightGradForm {
  const [n] = x;
  const { largePixels, ...limits } = LIMITS[block]!;
  const largeRows = n % block === 0 ? limits.largeRowsOfImages : limits.largeRows;
  const [, , ho, wo] = g;
  const isPointwise = weight[2] === 1 && weight[3] === 1 && attrs.pads.every((pad) => pad === 0);
  const rows = n * ho;
  const isDense = attrs.dilations.every((dilation) => dilation === 1);
  const suitsRows = isDense && Math.ceil(rows / block) * block <= MOST_FILLING * rows;
  if (attrs.group > 1) return suitsRows ? 'rows' : 'dilated';
  if (isPointwise && ho * wo >= largePixels) return 'per-image';
  if (suitsRows && ho <= largeRows) return 'rows';
  return isPointwise ? 'per-image' : 'dilated';
}
