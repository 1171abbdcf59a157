/**
 * Weight gradients without rearranging pixels: a map's blocks are taken for plain rows, and the cotangent, as it lies, for
 * filters over them. A pixel's b channels are then b neighbours in a row, and each of them is a place of the result:
 *
 *   X as plain maps [C/b, n, H, W * b], g as filters [K/b, n, Ho, Wo, b of K] -> [C/b, K/b, kh, kw * b, b of K]
 *
 * with a window's steps as dilations, a row apart down and b apart across. That is how filters lie but for the order of their
 * blocks. Images are the channels that are summed over: fewer than a block, else the operator wants blocks, and no number that
 * it refuses. So they go in parts, and the rows of large cotangents as well, each part adding to what the last has left.
 */

import type { ConvAttrs } from '../core/primitives.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Emitter } from './emitter.ts';
import { packedShape, roundUp } from './layout.ts';
import { along, chunksPicked } from './onnx-blocked-chunks.ts';
import { NCHWC, pixelsOf, reshaped } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

export interface WeightGradTask {
  readonly emit: Emitter;
  readonly x: Tensor;
  readonly g: Tensor;
  readonly weight: Sizes;
  readonly attrs: ConvAttrs;
  /** Groups that the runtime is told of, each of whole blocks. */
  readonly group: number;
  readonly block: number;
}

/** Rows and columns that windows read, beyond the map's last (negative: some are never read). */
export function overhang({ x, g, weight, attrs }: WeightGradTask): [down: number, across: number] {
  const { strides, dilations, pads } = attrs;
  const read = [0, 1].map(
    (axis) => (g.shape[axis + 2]! - 1) * strides[axis]! + dilations[axis]! * (weight[axis + 2]! - 1) + 1,
  );
  return [read[0]! - x.shape[2]! - pads[0], read[1]! - x.shape[3]! - pads[1]];
}

/** Shapes: -> filters [K,C/group,kh,kw], channels filled up. */
export function byPlanes(task: WeightGradTask): string {
  const { emit, x, g, weight, group, block } = task;
  const [n, channels] = packedShape(x.shape, 'blocked', block) as Sizes;
  const [, k] = packedShape(g.shape, 'blocked', block) as Sizes;
  const [blocks, filters] = [channels / block / group, k / block / group];
  const [, , kh, kw] = weight;
  const beside = group === 1 ? imageGroups(n, 1, channels * k * kh * kw, block) : 1;
  const images = n / beside;
  const [apart, filtersApart] = beside === 1 ? [blocks, filters] : [(images * channels) / block, (images * k) / block];
  const groups = group * beside;
  const parts = accumulated(task, {
    group: groups,
    images,
    lanes: block,
    rows: blockedRows(task, { blocks, groups, apart }),
    filters: [filters, filtersApart, k / block],
  });
  const turned = chunksPicked(
    emit,
    summedOver(emit, parts, blocks, beside),
    kh * kw * block * block,
    [group, filters, blocks],
    [along(2, blocks, group * filters), along(1, filters, 1), along(0, group, filters)],
  );
  return reshaped(emit, turned, [k, channels / group, kh, kw]);
}

/** The same for a plain map of fewer channels than a block. Shapes: -> thin filters [K,C,kh,kw]. */
export function stemByPlanes(task: WeightGradTask): string {
  const { emit, x, g, weight, block } = task;
  const [, c, kh, kw] = weight;
  const [n] = x.shape as Sizes;
  const k = roundUp(g.shape[1]!, block);
  // A kernel has few rows to share out among threads: half of the images each make twice as many.
  const group = imageGroups(n, 2, k * c * kh * kw, block);
  const images = n / group;
  const filters = [k / block, (images * k) / block, k / block] as const;
  const sum = accumulated(task, { group, images, lanes: c, rows: plainRows(task, images), filters });
  const whole = reshaped(emit, summedOver(emit, sum, 1, group), [k / block, kh * kw, c, block]);
  return reshaped(emit, emit.one('Transpose', [whole], { perm: [0, 2, 1, 3] }), [k, c, kh, kw]);
}

const MOST_RESULTS = 2 ** 20; // numbers that groups of images may make together before they are summed

/**
 * Into how many groups, `wanted` or more, images fall that one convolution takes side by side, each making a result of its own:
 * fewer and larger operations than parts of which each waits for the last. 1 where the operator or memory forbids it.
 */
function imageGroups(images: number, wanted: number, results: number, block: number): number {
  if (!isReadable(images, block)) return 1;
  const least = Math.max(wanted, Math.ceil(images / (block - 1)));
  for (let groups = least; groups <= images && groups * results <= MOST_RESULTS; groups++) {
    if (images % groups === 0) return groups;
  }
  return 1;
}

/** Shapes: [outer, count, any] -> [outer, any], flat. */
function summedOver(emit: Emitter, name: string, outer: number, count: number): string {
  if (count === 1) return name;
  return emit.one('ReduceSum', [reshaped(emit, name, [outer, count, -1]), emit.ints([1])], { keepdims: 0 });
}

/** Some of a number of things that follow one another. */
interface Range {
  readonly first: number;
  readonly count: number;
}

interface Operands {
  readonly group: number;
  /** Of each group. */
  readonly images: number;
  /** Places of the result in a pixel. */
  readonly lanes: number;
  /** Shapes: images, rows -> plain maps [any, group * images, rows, columns * lanes]. */
  readonly rows: (images: Range, rows: Range) => string;
  /** Blocks of the cotangent's channels in a group, and how many lie between those of two groups, and of two images. */
  readonly filters: readonly [count: number, apart: number, ofImages: number];
}

/** Shapes: -> [any, group, K/b of a group, kh, kw, lanes, b]. */
function accumulated(task: WeightGradTask, operands: Operands): string {
  const { emit, g, attrs, weight, block } = task;
  const { group, images, lanes, rows, filters } = operands;
  const [, , ho, wo] = g.shape as Sizes;
  const segments = segmentsOf(ho, wo * Math.min(filters[0], MOST_BLOCKS) * block);
  const parts = imageParts(images, group, block)!.flatMap((taken) =>
    inParts(ho, segments).map((own) => ({ taken, own })),
  );
  const h = task.x.shape[2]!;
  const sum = parts.reduce<string | null>((before, { taken, own }) => {
    const [top, bottom] = [
      own.first * attrs.strides[0] - attrs.pads[0],
      (own.first + own.count - 1) * attrs.strides[0] - attrs.pads[0] + weight[2],
    ];
    const read = { first: Math.max(0, top), count: Math.min(h, bottom) - Math.max(0, top) };
    return emit.one(
      `${NCHWC}Conv`,
      [rows(taken, read), cotangent(task, operands, taken, own), ...(before === null ? [] : ['', before])],
      {
        kernel_shape: [own.count, wo],
        strides: [1, 1],
        dilations: [attrs.strides[0], attrs.strides[1] * lanes],
        pads: [Math.max(0, -top), 0, Math.max(0, bottom - h), 0],
        group,
      },
    );
  }, null);
  return sum!;
}

const MOST_BLOCKS = 4; // of filters that the operator takes at a time
const CACHED = 13 * 2 ** 14; // numbers of them that stay in a core's second cache while a row of the result is made

const MOST_SEGMENTS = 256; // each is operators of its own in the graph, which must be made soon for a map of any height

/**
 * The fewest equal numbers of rows, such that what the operator takes of the cotangent at a time stays cached; all rows at a
 * time where that takes too many.
 */
function segmentsOf(ho: number, perRow: number): number {
  for (let segments = 1; segments <= Math.min(ho, MOST_SEGMENTS); segments++) {
    if (ho % segments === 0 && (ho / segments) * perRow <= CACHED) return segments;
  }
  return 1;
}

/** As equal parts as can be. */
function inParts(count: number, parts: number): readonly Range[] {
  const starts = Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * count) / parts));
  return starts.slice(1).map((end, i) => ({ first: starts[i]!, count: end - starts[i]! }));
}

/** Whether the operator reads that many plain maps at all: it wants fewer than a block, or whole blocks. */
export const isReadable = (maps: number, block: number): boolean => maps < block || maps % block === 0;

/** The fewest parts of images that the operator reads, fewer than a block in each group; null where there are none. */
function imageParts(images: number, group: number, block: number): readonly Range[] | null {
  for (let parts = Math.ceil(images / (block - 1)); parts <= images; parts++) {
    const ranges = inParts(images, parts);
    if (ranges.every(({ count }) => isReadable(group * count, block))) return ranges;
  }
  return null;
}

/** Whether weight gradients go by planes: some numbers of groups fit no images. */
export const suitsPlanes = ({ x, group, block }: WeightGradTask): boolean =>
  imageParts(x.shape[0]!, group, block) !== null;

const numbers = ({ first, count }: Range, step: number): number[] =>
  Array.from({ length: count }, (_, i) => (first + i) * step);

/** Some rows of some images' cotangents as filters. Shapes: -> [group * K/b of a group * b, images, rows, Wo]. */
function cotangent({ emit, g, block }: WeightGradTask, operands: Operands, images: Range, rows: Range): string {
  const [, , ho, wo] = g.shape as Sizes;
  const [count, apart, ofImages] = operands.filters;
  const segments = ho / rows.count;
  const own = { axes: [1], numbers: numbers({ first: 0, count }, segments) };
  const picked = chunksPicked(
    emit,
    emit.in(g, 'blocked'),
    rows.count * wo * block,
    [operands.group, count, images.count],
    [
      { axes: [2], numbers: numbers(images, ofImages * segments).map((number) => number + rows.first / rows.count) },
      own,
      along(0, operands.group, apart * segments),
    ],
  );
  return reshaped(emit, picked, [operands.group * count * block, images.count, rows.count, wo]);
}

interface Groups {
  /** Blocks of channels in each. */
  readonly blocks: number;
  readonly groups: number;
  /** Blocks between the first ones of two. */
  readonly apart: number;
}

/** Rows of blocks. */
function blockedRows(task: WeightGradTask, { blocks, groups, apart }: Groups): Operands['rows'] {
  const { emit, x, attrs, block } = task;
  const packed = packedShape(x.shape, 'blocked', block) as Sizes;
  const [, across] = overhang(task);
  const { name, shape } = pixelsOf(
    emit,
    emit.in(x, 'blocked'),
    packed,
    { to: [packed[2], packed[3] + Math.min(0, across)] },
    block,
  );
  const [, channels, h, w] = shape;
  const [left, right] = [attrs.pads[1], Math.max(0, across)];
  return (images, rows) => {
    const picked = chunksPicked(
      emit,
      name,
      w * block,
      [blocks, groups, images.count, rows.count],
      [
        { axes: [3], numbers: numbers(rows, 1) },
        along(0, blocks, h),
        along(1, groups, apart * h),
        { axes: [2], numbers: numbers(images, (channels / block) * h) },
      ],
    );
    const planes = blocks * groups * images.count;
    const whole = columnsAround(task, picked, [planes, rows.count, w], [left, right]);
    return reshaped(emit, whole, [blocks, groups * images.count, rows.count, (left + w + right) * block]);
  };
}

/**
 * Columns of zeros on both sides, written by all threads: a convolution that copies. Left to the operator that reads them,
 * every place that sees one of them would be computed by itself.
 */
function columnsAround(
  { emit, block }: WeightGradTask,
  planes: string,
  [count, h, w]: readonly [number, number, number],
  [left, right]: readonly [number, number],
): string {
  if (left === 0 && right === 0) return planes;
  const one = emit.constant(new Float64Array(block).fill(1), [block, 1, 1, 1], 'float32');
  return emit.one(`${NCHWC}Conv`, [reshaped(emit, planes, [count, block, h, w]), one], {
    kernel_shape: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, left, 0, right],
    group: block,
  });
}

/** Rows of a plain map, a pixel's channels side by side. */
function plainRows(task: WeightGradTask, perGroup: number): Operands['rows'] {
  const { emit, x, attrs } = task;
  const [n, c, h, w] = x.shape as Sizes;
  const [, across] = overhang(task);
  const width = attrs.pads[1] + w + across;
  const pixels = reshaped(emit, emit.one('Transpose', [emit.name(x)], { perm: [0, 2, 3, 1] }), [n * h, w * c]);
  const around = emit.one('Pad', [pixels, emit.ints([0, attrs.pads[1] * c, 0, across * c])]);
  return (images, rows) => {
    const group = n / perGroup;
    const picked = chunksPicked(
      emit,
      around,
      width * c,
      [group, images.count, rows.count],
      [
        { axes: [2], numbers: numbers(rows, 1) },
        { axes: [1], numbers: numbers(images, h) },
        along(0, group, perGroup * h),
      ],
    );
    return reshaped(emit, picked, [1, group * images.count, rows.count, width * c]);
  };
}
