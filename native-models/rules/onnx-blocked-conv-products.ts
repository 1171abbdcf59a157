/**
 * Weight gradients of 1x1 kernels: products of two maps over all pixels. The map of fewer channels is brought to pixels with all of
 * their channels side by side, and the other one, as it lies, serves as filters over them:
 *
 *   rows as plain maps [1, n * parts, 1, pixels / parts * C], filters [n * K/b, parts, 1, pixels / parts, b] -> [n, K/b, C, b]
 *
 * with a step of a pixel as dilation. That is how filters lie. Parts of an image are the channels that are summed over, so that the
 * filters of one part stay cached while all places of a row are made, and no sum is a long one.
 */

import type { Emitter } from './emitter.ts';
import { packedShape } from './layout.ts';
import { along, chunksPicked, turnedFilter } from './onnx-blocked-chunks.ts';
import { isReadable, type WeightGradTask } from './onnx-blocked-conv-planes.ts';
import { NCHWC, pixelsOf, reshaped } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

const MOST_TAPS = 512; // of a part

interface Division {
  /** Each with a result of its own; the images of a group, and the parts of each, are summed by the operator. */
  readonly groups: number;
  readonly parts: number;
}

const LARGE_PIXELS = 784; // of a map from which a result for each image costs less than bringing images together
const LEAST_PLACES = 128; // of rows, and
const LEAST_PIXELS = 1024; // of a group on smaller maps, for more than one group to be worth it

/**
 * How images and pixels are shared out; null where the operator, which sums over fewer plain maps than a block, refuses every way,
 * or where rows of planes do as well.
 */
function division(images: number, pixels: number, places: number, block: number): Division | null {
  for (let groups = pixels >= LARGE_PIXELS ? images : 1; groups <= images; groups++) {
    if (images % groups !== 0) continue;
    const parts = partsOf(images, pixels, groups, block);
    if (parts === null) continue;
    const isWorthIt = places >= LEAST_PLACES && images * pixels >= LEAST_PIXELS * groups;
    return groups === 1 || pixels >= LARGE_PIXELS || isWorthIt ? { groups, parts } : null;
  }
  return null;
}

/** The fewest parts of an image that have no more pixels than wanted, else the most that the operator takes. */
function partsOf(images: number, pixels: number, groups: number, block: number): number | null {
  const fitting: number[] = [];
  for (let parts = 1; (images / groups) * parts < block; parts++) {
    if (pixels % parts === 0 && isReadable(images * parts, block)) fitting.push(parts);
  }
  return fitting.find((count) => pixels / count <= MOST_TAPS) ?? fitting.at(-1) ?? null;
}

function divisionOf({ x, g, block }: WeightGradTask): Division | null {
  const [n, k, ho, wo] = packedShape(g.shape, 'blocked', block) as Sizes;
  const [, c] = packedShape(x.shape, 'blocked', block) as Sizes;
  return division(n, ho * wo, Math.min(c, k), block);
}

export const suitsPixels = (task: WeightGradTask): boolean => divisionOf(task) !== null;

/** Shapes: -> filters [K,C,1,1], channels filled up. */
export function byPixels(task: WeightGradTask): string {
  const { emit, x, g, attrs, block } = task;
  const packed = packedShape(x.shape, 'blocked', block) as Sizes;
  const [n, c, h, w] = packed;
  const [, k, ho, wo] = packedShape(g.shape, 'blocked', block) as Sizes;
  const taken = pixelsOf(emit, emit.in(x, 'blocked'), packed, { to: [h, w], steps: attrs.strides }, block).name;
  const [ofX, ofG] = [
    { name: taken, channels: c },
    { name: emit.in(g, 'blocked'), channels: k },
  ];
  const sizes = { ...divisionOf(task)!, images: n, pixels: ho * wo, block };
  if (c <= k) return reshaped(emit, product(emit, ofX, ofG, sizes), [k, c, 1, 1]);

  return reshaped(emit, turnedFilter(emit, product(emit, ofG, ofX, sizes), [c, k], block), [k, c, 1, 1]);
}

interface Map {
  readonly name: string;
  readonly channels: number;
}

interface ProductSizes extends Division {
  readonly images: number;
  readonly pixels: number;
  readonly block: number;
}

/** Shapes: blocked [N,C,pixels] and [N,K,pixels] -> [K/b,C,b]. */
function product(
  emit: Emitter,
  rows: Map,
  filters: Map,
  { images, pixels, groups, parts, block }: ProductSizes,
): string {
  const [taps, places] = [pixels / parts, rows.channels];
  // To the reordering operator each block of channels is a pixel, whose channels are all of its pixels: all threads do that.
  const blocks = reshaped(emit, rows.name, [images, 1, places / block, pixels * block]);
  const pixelByPixel = emit.one(`${NCHWC}ReorderInput`, [blocks], { channels_last: 1 });
  const operands = [
    reshaped(emit, pixelByPixel, [1, images * parts, 1, taps * places]),
    reshaped(emit, ofGroups(emit, filters, { images, pixels, groups, block }), [
      groups * filters.channels,
      (images / groups) * parts,
      1,
      taps,
    ]),
  ];
  const made = emit.one(`${NCHWC}Conv`, operands, {
    kernel_shape: [1, taps],
    strides: [1, 1],
    dilations: [1, places],
    pads: [0, 0, 0, 0],
    group: groups,
  });
  if (groups === 1) return made;
  const results = reshaped(emit, made, [groups, places * filters.channels]);
  return emit.one('ReduceSum', [results, emit.ints([0])], { keepdims: 0 });
}

/** Maps with the blocks of a group's images side by side. Shapes: [groups,images,K/b,pixels * b] -> [groups,K/b,images,pixels * b]. */
function ofGroups(
  emit: Emitter,
  { name, channels }: Map,
  { images, pixels, groups, block }: Omit<ProductSizes, 'parts'>,
): string {
  const [own, blocks] = [images / groups, channels / block];
  if (own === 1) return name;
  const terms = [along(2, own, blocks), along(1, blocks, 1), along(0, groups, own * blocks)];
  return chunksPicked(emit, name, pixels * block, [groups, blocks, own], terms);
}
