/**
 * RoIAlign over one map or a pyramid: the mean of bilinear samples in each bin of each box.
 * Source: He et al. 2017, https://arxiv.org/abs/1703.06870, section 3; the pyramid by Lin et al. 2016,
 * https://arxiv.org/abs/1612.03144, eq. 1; numbers as torchvision.ops.roi_align with a fixed sampling ratio.
 *
 * All levels' pixels are laid in one table of rows, and each sample takes four rows of it by their number, with their
 * shares as constants of the derivative: boxes get no gradient. So the cost is that of the boxes, not of boxes times
 * levels, and the gradient is the gather's own.
 */

import { ShapeError } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';

export interface RoiAlignOptions {
  readonly size: readonly [height: number, width: number];
  /** Samples along each side of a bin. */
  readonly samplingRatio: number;
  /** Map pixels per image pixel, one for each map. */
  readonly scales: readonly number[];
  /** Whether pixel centres lie at half; torchvision's detectors use false. */
  readonly aligned?: boolean;
}

const EXACT_FLOAT = 2 ** 24; // whole numbers up to here are exact in float32

interface Table {
  /** [pixels,C]: every pixel of every level of every image. */
  readonly rows: Tensor;
  /** Per level: scale, height, width, first row. */
  readonly levels: Tensor;
}

function tableOf(maps: readonly Tensor[], scales: readonly number[]): Table {
  const channels = maps[0]!.shape[1]!;
  let first = 0;
  const facts = maps.flatMap(({ shape: [n, , h, w] }, level) => {
    const start = first;
    first += n! * h! * w!;
    return [scales[level]!, h!, w!, start];
  });
  if (first > EXACT_FLOAT)
    throw new ShapeError(`roiAlign: ${first} pixels, their numbers are exact up to ${EXACT_FLOAT}`);
  const parts = maps.map((map) => map.transpose([0, 2, 3, 1]).reshape([pixelsOf(map), channels]));
  const rows = parts.length === 1 ? parts[0]! : parts[0]!.concat(parts.slice(1), 0);
  return { rows, levels: maps[0]!.graph.constant(facts, [maps.length, 4]) };
}

const pixelsOf = ({ shape: [n, , h, w] }: Tensor): number => n! * h! * w!;

interface Axis {
  /** [R,bins,2*ratio]: the pixels below and above each sample. */
  readonly places: Tensor;
  /** [R,bins,2*ratio]: their shares, 0 for samples outside the map. */
  readonly shares: Tensor;
}

/** Shapes: start, end, side [R,1], in map pixels. */
function sampled(start: Tensor, end: Tensor, side: Tensor, bins: number, ratio: number, isAligned: boolean): Axis {
  const { graph } = start;
  const count = start.shape[0]!;
  const length = isAligned ? end.sub(start) : end.sub(start).maximum(1);
  const steps = Array.from({ length: bins * ratio }, (_, i) => (i + 0.5) / (bins * ratio));
  const position = start.add(length.mul(graph.constant(steps, [1, bins * ratio])));

  const last = side.sub(1);
  const isBefore = graph.scalar(-1, 'float32').greater(position).cast('float32');
  const isAfter = position.greater(side).cast('float32');
  const share = isBefore
    .add(isAfter)
    .neg()
    .add(1)
    .mul(1 / ratio);

  const held = position.maximum(0).minimum(last);
  const low = held.floor();
  const high = low.add(1).minimum(last);
  const upper = held.sub(low);
  const pair = (a: Tensor, b: Tensor) =>
    a
      .reshape([count, bins * ratio, 1])
      .concat([b.reshape([count, bins * ratio, 1])], 2)
      .reshape([count, bins, 2 * ratio]);
  return { places: pair(low, high), shares: pair(share.sub(share.mul(upper)), share.mul(upper)) };
}

/** Every pair of a vertical and a horizontal value of each bin. Shapes: -> [R*height*width, (2*ratio)^2]. */
function crossed(vertical: Tensor, horizontal: Tensor, join: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const [count, height, each] = vertical.shape as [number, number, number];
  const width = horizontal.shape[1]!;
  const down = vertical.reshape([count, height, 1, each, 1]);
  const across = horizontal.reshape([count, 1, width, 1, each]);
  return join(down, across).reshape([count * height * width, each * each]);
}

/**
 * Shapes: maps [N,C,Hl,Wl], boxes xyxy [R,4] in image pixels, images int32 [R], levels int32 [R] (which map each box is
 * taken from; null for a single map) -> [R,C,height,width].
 * Errors: ShapeError when operands do not fit or the maps hold more pixels than float32 can number.
 */
export function roiAlign(
  maps: readonly Tensor[],
  boxes: Tensor,
  images: Tensor,
  levels: Tensor | null,
  options: RoiAlignOptions,
): Tensor {
  requireFit(maps, boxes, images, levels, options);
  const { size, samplingRatio, scales, aligned = false } = options;
  const count = boxes.shape[0]!;
  const table = tableOf(maps, scales);
  const [scale, height, width, first] = levelFacts(table.levels, levels, count);
  const offset = aligned ? 0.5 : 0;
  const [left, top, right, bottom] = boxes.stopGradient().mul(scale).sub(offset).split([1, 1, 1, 1], 1) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const vertical = sampled(top, bottom, height, size[0], samplingRatio, aligned);
  const horizontal = sampled(left, right, width, size[1], samplingRatio, aligned);

  const start = first.add(images.cast('float32').reshape([count, 1]).mul(height.mul(width))).reshape([count, 1, 1]);
  const rowStarts = vertical.places.mul(width.reshape([count, 1, 1])).add(start);
  const places = crossed(rowStarts, horizontal.places, (a, b) => a.add(b)).cast('int32');
  const shares = crossed(vertical.shares, horizontal.shares, (a, b) => a.mul(b));

  const [bins, samples] = places.shape as [number, number];
  const channels = maps[0]!.shape[1]!;
  const taken = table.rows.gather(places, 0);
  const mixed = shares.reshape([bins, 1, samples]).matmul(taken);
  return mixed.reshape([count, size[0], size[1], channels]).transpose([0, 3, 1, 2]);
}

/** Scale, height, width and first row of each box's level. Shapes: -> four of [R,1]. */
function levelFacts(facts: Tensor, levels: Tensor | null, count: number) {
  const own = levels === null ? facts.expand([count, 4]) : levels.oneHot(facts.shape[0]!).matmul(facts);
  return own.split([1, 1, 1, 1], 1) as [Tensor, Tensor, Tensor, Tensor];
}

function requireFit(
  maps: readonly Tensor[],
  boxes: Tensor,
  images: Tensor,
  levels: Tensor | null,
  { scales, samplingRatio }: RoiAlignOptions,
): void {
  const fail = (message: string) => {
    throw new ShapeError(`roiAlign: ${message}`);
  };
  const [count, sides] = boxes.shape as [number, number];
  if (boxes.shape.length !== 2 || sides !== 4) fail(`boxes are [${boxes.shape}], not [R,4]`);
  if (`${images.shape}` !== `${count}`) fail(`images are [${images.shape}], not [${count}]`);
  if (levels === null ? maps.length !== 1 : `${levels.shape}` !== `${count}`)
    fail(`levels are [${levels?.shape ?? 'none'}] for ${count} boxes on ${maps.length} maps`);
  if (scales.length !== maps.length) fail(`${scales.length} scales for ${maps.length} maps`);
  if (!Number.isInteger(samplingRatio) || samplingRatio < 1) fail(`sampling ratio ${samplingRatio} is not 1 or more`);
  const fits = maps.every(
    ({ shape }) => shape.length === 4 && shape[0] === maps[0]!.shape[0] && shape[1] === maps[0]!.shape[1],
  );
  if (!fits) fail(`maps ${maps.map(({ shape }) => `[${shape}]`).join(' ')} differ in images or channels`);
}

const CANONICAL_SIDE_PX = 224; // of a box that belongs to the canonical level
const CANONICAL_LEVEL = 4;
const EPSILON = 1e-6; // torchvision's, so that a side of exactly 224 is on the level above

/**
 * The level each box is taken from: level 4 at a side of 224 pixels, one less for each halving.
 * Shapes: boxes xyxy [R,4] in image pixels -> int32 [R], counted from the lowest level.
 * Source: Lin et al. 2016, https://arxiv.org/abs/1612.03144, eq. 1.
 */
export function pyramidLevels(boxes: Tensor, lowest: number, highest: number): Tensor {
  const [left, top, right, bottom] = boxes.stopGradient().split([1, 1, 1, 1], 1) as [Tensor, Tensor, Tensor, Tensor];
  const area = right.sub(left).mul(bottom.sub(top));
  const octaves = area
    .mul(1 / CANONICAL_SIDE_PX ** 2)
    .log()
    .mul(0.5 / Math.LN2);
  const level = octaves
    .add(CANONICAL_LEVEL + EPSILON)
    .floor()
    .clip(lowest, highest);
  return level.sub(lowest).cast('int32').reshape([boxes.shape[0]!]);
}
