/**
 * Weight gradients where images fill whole blocks: the images of a block are channels that one blocked convolution sums
 * over, for every row of the result.
 *
 *   X as [1, (ho,n), w * parts, (i,c) / parts], g as filters [K, (ho,n), wo, 1] -> [1, K, kw * parts, (i,c) / parts]
 *
 * where i and kw count the kernel's rows and columns: for each row of g the map holds all rows of X that the kernel reads for
 * it. The operator shares out rows among threads, and a kernel's columns are few, so a row is cut into parts.
 */

import type { Shape } from '../core/shape.ts';
import { packedShape, roundUp } from './layout.ts';
import { along, chunksPicked } from './onnx-blocked-chunks.ts';
import { overhang, type WeightGradTask } from './onnx-blocked-conv-rows.ts';
import { NCHWC, reshaped } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

/** Columns of a row that are enough for the kernel's full speed; it makes six at a time. */
const LONG_ROW = 96;

/** What lies together in a map and is not taken apart: a block of channels, or all of a map that has fewer. */
interface Grain {
  /** Images by image as [pixels, channels in a grain], plain or blocked alike. */
  readonly map: string;
  readonly channels: number;
  /** Of all channels of the map. */
  readonly count: number;
}

/** Shapes: -> filters [K,C/group,kh,kw], channels filled up. */
export function byImages(task: WeightGradTask): string {
  const { emit, x, group, block } = task;
  const [, channels] = packedShape(x.shape, 'blocked', block) as Sizes;
  const grain = { map: emit.in(x, 'blocked'), channels: block, count: channels / block };
  const [, , kh, kw] = task.weight;
  const blocks = grain.count / group;
  const k = roundUp(task.g.shape[1]!, block);
  const turned = chunksPicked(
    emit,
    tapsOf(task, grain),
    block * block,
    [k / block, blocks, kh, kw],
    [along(3, kw, kh * blocks), along(2, kh, blocks), along(1, blocks, 1), along(0, k / block, kw * kh * blocks)],
  );
  return reshaped(emit, turned, [k, channels / group, kh, kw]);
}

/** The same for a map of fewer channels than a block. Shapes: -> thin filters [K,C,kh,kw]. */
export function stemByImages(task: WeightGradTask): string {
  const { emit, x, block } = task;
  const [, c, kh, kw] = task.weight;
  const k = roundUp(task.g.shape[1]!, block);
  const map = emit.one('Transpose', [emit.name(x)], { perm: [0, 2, 3, 1] });
  const turned = chunksPicked(
    emit,
    tapsOf(task, { map, channels: c, count: 1 }),
    block,
    [k / block, c, kh, kw],
    [along(3, kw, kh * c), along(2, kh, c), along(1, c, 1), along(0, k / block, kw * kh * c)],
  );
  return reshaped(emit, turned, [k, c, kh, kw]);
}

/** Shapes: -> [K/b, kw, kh, C/group, b of K]. */
function tapsOf(task: WeightGradTask, grain: Grain): string {
  const { emit, x, g, weight, attrs, group } = task;
  const kh = weight[2];
  const [n, , , w] = x.shape as Sizes;
  const [, , ho, wo] = g.shape as Sizes;
  const perGroup = grain.count / group;
  const parts = partsOf(kh * perGroup, grain.channels);
  const [, across] = overhang(task);
  const width = w + Math.min(0, across);
  const columns = (kh * perGroup * grain.channels) / parts;
  const map = reshaped(emit, rowsRead(task, grain, width), [1, group * ho * n, width * parts, columns]);
  return emit.one(`${NCHWC}Conv`, [map, rowFilter(task)], {
    kernel_shape: [wo, 1],
    strides: [1, 1],
    dilations: [attrs.strides[1] * parts, 1],
    group,
    pads: [attrs.pads[1] * parts, 0, Math.max(0, across) * parts, 0],
  });
}

/** The most parts that leave rows long enough. */
function partsOf(grains: number, channels: number): number {
  const most = Math.floor((grains * channels) / LONG_ROW);
  for (let parts = most; parts > 1; parts--) if (grains % parts === 0) return parts;
  return 1;
}

/** Shapes: -> [group, ho, N/b, width, kh, grains of a group, channels of a grain, b of N]; zeros where there is no row. */
function rowsRead({ emit, x, g, weight, attrs, group, block }: WeightGradTask, grain: Grain, width: number): string {
  const [n, , h, w] = x.shape as Sizes;
  const images = n / block;
  const perGroup = grain.count / group;
  const chunk = grain.channels * block;
  const sideBySide = reshaped(emit, grain.map, [images, block, 1, grain.count * h * w * grain.channels]);
  const lanes = emit.one(`${NCHWC}ReorderInput`, [sideBySide]);

  const [kh, ho] = [weight[2], g.shape[2]!];
  const read = Array.from({ length: ho * kh }, (_, i) => {
    return Math.floor(i / kh) * attrs.strides[0] + (i % kh) - attrs.pads[0];
  });
  const zeros = (shape: Shape) => emit.one('Expand', [emit.constant([0], [1], 'float32'), emit.ints(shape)]);
  const isInside = (row: number) => row >= 0 && row < h;
  const isWhole = read.every(isInside);
  const planes = reshaped(emit, lanes, [images * grain.count, h, w * chunk]);
  const source = isWhole
    ? lanes
    : emit.one('Concat', [planes, zeros([images * grain.count, 1, w * chunk])], { axis: 1 });
  const plane = (isWhole ? h : h + 1) * w;
  return chunksPicked(
    emit,
    source,
    chunk,
    [group, ho, images, width, kh, perGroup],
    [
      along(5, perGroup, plane),
      along(3, width, 1),
      along(2, images, grain.count * plane),
      along(0, group, perGroup * plane),
      { axes: [1, 4], numbers: read.map((row) => (isInside(row) ? row : h) * w) },
    ],
  );
}

/** The cotangent's rows as filters. Shapes: g [N,K,Ho,Wo] -> [K,(ho,n),Wo,1]. */
function rowFilter({ emit, g, block }: WeightGradTask): string {
  const [n, k, ho, wo] = packedShape(g.shape, 'blocked', block) as Sizes;
  const map = emit.in(g, 'blocked');
  const shape = [k, ho * n, wo, 1];
  if (n === block) {
    // To the reordering operator, an image is one pixel of all its blocks.
    const pixels = reshaped(emit, map, [1, 1, n, k * ho * wo]);
    return reshaped(emit, emit.one(`${NCHWC}ReorderInput`, [pixels], { channels_last: 1 }), shape);
  }
  const view = reshaped(emit, map, [n / block, block, k / block, ho, wo, block]);
  return reshaped(emit, emit.one('Transpose', [view], { perm: [2, 3, 0, 4, 1, 5] }), shape);
}
