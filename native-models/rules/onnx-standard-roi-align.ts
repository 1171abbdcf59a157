/**
 * RoIAlign with plain operators. Each map is asked for its own boxes alone; how many those are is known only as it runs,
 * which nothing outside these rules sees.
 */

import type { RoiAlignAttrs } from '../core/primitives.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { ONNX_TYPES } from './onnx-types.ts';

type Range = readonly [start: number, end: number];

export const lowerRoiAlign: LoweringRule<'RoiAlign'> = (emit, { inputs, outputs, attrs }) => {
  const [boxes, images, levels, ...maps] = inputs.map(emit.name) as [string, string, string, ...string[]];
  const owners = emit.one('Cast', [images], { to: ONNX_TYPES.int64 });
  const aligned = (map: string, level: number, rois: string, rows: string) =>
    emit.one('RoiAlign', [map, rois, rows], {
      mode: 'avg',
      output_height: attrs.size[0],
      output_width: attrs.size[1],
      sampling_ratio: attrs.samplingRatio,
      spatial_scale: { float: attrs.scales[level]! },
      coordinate_transformation_mode: attrs.aligned ? 'half_pixel' : 'output_half_pixel',
    });
  if (maps.length === 1) return [aligned(maps[0]!, 0, boxes, owners)];
  const { shape } = outputs[0]!;
  let result = emit.one('Expand', [emit.constant([0], [1, 1, 1, 1], 'float32'), emit.ints(shape)]);
  maps.forEach((map, level) => {
    const own = placesOf(emit, isEqual(emit, levels, level));
    const pick = (x: string) => emit.one('Gather', [x, own], { axis: 0 });
    const values = aligned(map, level, pick(boxes), pick(owners));
    result = emit.one('ScatterND', [result, emit.one('Unsqueeze', [own, emit.ints([-1])]), values]);
  });
  return [result];
};

const isEqual = (emit: Emitter, x: string, value: number): string =>
  emit.one('Equal', [x, emit.constant([value], [], 'int32')]);

/** Where a vector of bools is true: int64 [n]. */
const placesOf = (emit: Emitter, mask: string): string =>
  emit.one('Reshape', [emit.one('NonZero', [mask]), emit.ints([-1])]);

/** Columns of a map that are worked on at once: most boxes are on one or two of such strips. */
const STRIP = 64;
const LAST_STRIP = 1.5; // a rest of up to half a strip goes with the one before

/**
 * Each box spreads its cotangent by a product with its rows' shares and one with its columns': summing over boxes is part
 * of the first. A box takes part where it is: on its image's map, in the strips of columns it lies on.
 */
export const lowerRoiAlignGrad: LoweringRule<'RoiAlignGrad'> = (emit, { inputs, outputs, attrs }) => {
  const [g, boxes, images, levels] = inputs.map(emit.name) as [string, string, string, string];
  const cotangents = emit.one('Transpose', [g], { perm: [0, 2, 1, 3] }); // [R,bins down,C,bins across]
  return outputs.map((output, level) => {
    if (!emit.isRead(output)) return null;
    const [batch, channels, height, width] = output.shape as [number, number, number, number];
    const spans = [axisOf(emit, boxes, attrs, level, 1), axisOf(emit, boxes, attrs, level, 0)] as const;
    const perImage = Array.from({ length: batch }, (_, image) => {
      const isOwn = emit.one('And', [isEqual(emit, levels, level), isEqual(emit, images, image)]);
      const parts = stripsOf(width).map((columns) => {
        const touches = isWithin(emit, spans[1], columns);
        const own = ownBoxes(emit, emit.one('And', [isOwn, touches]));
        return spread(emit, cotangents, spans, own, attrs, [channels, height, width], columns);
      });
      const map = parts.length === 1 ? parts[0]! : emit.one('Concat', parts, { axis: 2 });
      return emit.one('Unsqueeze', [map, emit.ints([0])]);
    });
    return batch === 1 ? perImage[0]! : emit.one('Concat', perImage, { axis: 0 });
  });
};

function stripsOf(width: number): Range[] {
  const strips: [number, number][] = [];
  for (let start = 0; start < width; ) {
    const end = width - start <= LAST_STRIP * STRIP ? width : start + STRIP;
    strips.push([start, end]);
    start = end;
  }
  return strips;
}

/** Where boxes begin on an axis of a map, and how long they are there. */
interface Spans {
  /** [R,1], map pixels. */
  readonly start: string;
  readonly length: string;
}

const scalar = (emit: Emitter, value: number): string => emit.constant([value], [], 'float32');

/** `axis`: 0 across, 1 down. */
function axisOf(emit: Emitter, boxes: string, attrs: RoiAlignAttrs, level: number, axis: 0 | 1): Spans {
  const side = (at: number) => {
    const column = emit.one('Slice', [boxes, emit.ints([at]), emit.ints([at + 1]), emit.ints([1])]);
    const scaled = emit.one('Mul', [column, scalar(emit, attrs.scales[level]!)]);
    return attrs.aligned ? emit.one('Sub', [scaled, scalar(emit, 0.5)]) : scaled;
  };
  const start = side(axis);
  const length = emit.one('Sub', [side(axis + 2), start]);
  return { start, length: attrs.aligned ? length : emit.one('Max', [length, scalar(emit, 1)]) };
}

/** Whether a box has samples that fall on the columns. Shapes: -> bool [R]. */
function isWithin(emit: Emitter, { start, length }: Spans, [first, last]: Range): string {
  const end = emit.one('Add', [start, length]);
  const begins = emit.one('Less', [start, scalar(emit, last + 1)]);
  const ends = emit.one('Greater', [end, scalar(emit, first - 2)]);
  return emit.one('Reshape', [emit.one('And', [begins, ends]), emit.ints([-1])]);
}

interface OwnBoxes {
  /** int64 [n]. */
  readonly places: string;
  /** [n,1]: 1, and 0 for the last one. */
  readonly weights: string;
}

/** The boxes of a mask, and one more that weighs nothing: products over no boxes at all are not every runtime's thing. */
function ownBoxes(emit: Emitter, mask: string): OwnBoxes {
  const found = placesOf(emit, mask);
  const ones = emit.one('Expand', [emit.constant([1], [1], 'float32'), emit.one('Shape', [found])]);
  const weights = emit.one('Concat', [ones, emit.constant([0], [1], 'float32')], { axis: 0 });
  return {
    places: emit.one('Concat', [found, emit.constant([0], [1], 'int64')], { axis: 0 }),
    weights: emit.one('Reshape', [weights, emit.ints([-1, 1])]),
  };
}

/** Shapes: cotangents [R,bins down,C,bins across] -> [C,H,columns]. */
function spread(
  emit: Emitter,
  cotangents: string,
  [down, across]: readonly [Spans, Spans],
  { places, weights }: OwnBoxes,
  attrs: RoiAlignAttrs,
  [channels, height, width]: readonly [number, number, number],
  columns: Range,
): string {
  const [binsDown, binsAcross] = attrs.size;
  const pick = (x: string) => emit.one('Gather', [x, places], { axis: 0 });
  const picked = ({ start, length }: Spans): Spans => ({ start: pick(start), length: pick(length) });
  const rowShares = shares(emit, picked(down), binsDown, height, [0, height], attrs.samplingRatio, weights);
  const columnShares = shares(emit, picked(across), binsAcross, width, columns, attrs.samplingRatio, weights);
  const count = columns[1] - columns[0];

  const own = emit.one('Reshape', [pick(cotangents), emit.ints([-1, binsDown * channels, binsAcross])]);
  const wide = emit.one('MatMul', [own, columnShares]); // [n,bins down * C,columns]
  const lines = emit.one('Reshape', [wide, emit.ints([-1, channels * count])]);
  const rows = emit.one('Reshape', [rowShares, emit.ints([-1, height])]);
  const sum = emit.one('Gemm', [rows, lines], { transA: 1 }); // [H,C * columns]
  const map = emit.one('Reshape', [sum, emit.ints([height, channels, count])]);
  return emit.one('Transpose', [map], { perm: [1, 0, 2] });
}

/**
 * How much of each pixel along an axis is in the mean over each bin: of each sample, one less its distance where that is
 * less than one.
 * Shapes: -> [n,bins,pixels].
 */
function shares(
  emit: Emitter,
  { start, length }: Spans,
  bins: number,
  side: number,
  [first, last]: Range,
  ratio: number,
  weights: string,
): string {
  const samples = bins * ratio;
  const steps = emit.constant(
    Array.from({ length: samples }, (_, i) => (i + 0.5) / samples),
    [1, samples],
    'float32',
  );
  const position = emit.one('Add', [start, emit.one('Mul', [length, steps])]);
  const isBefore = emit.one('Less', [position, scalar(emit, -1)]);
  const isAfter = emit.one('Greater', [position, scalar(emit, side)]);
  const isOutside = emit.one('Cast', [emit.one('Or', [isBefore, isAfter])], { to: ONNX_TYPES.float32 });
  const inside = emit.one('Sub', [scalar(emit, 1), isOutside]);
  const weighted = emit.one('Mul', [emit.one('Mul', [inside, weights]), scalar(emit, 1 / ratio)]);

  const held = emit.one('Clip', [position, scalar(emit, 0), scalar(emit, side - 1)]);
  const pixels = emit.constant(
    Array.from({ length: last - first }, (_, i) => first + i),
    [1, 1, last - first],
    'float32',
  );
  const column = (x: string) => emit.one('Reshape', [x, emit.ints([-1, samples, 1])]);
  const distance = emit.one('Abs', [emit.one('Sub', [column(held), pixels])]);
  const hat = emit.one('Relu', [emit.one('Sub', [scalar(emit, 1), distance])]);
  const own = emit.one('Mul', [hat, column(weighted)]);
  const byBin = emit.one('Reshape', [own, emit.ints([-1, bins, ratio, last - first])]);
  return emit.one('ReduceSum', [byBin, emit.ints([2])], { keepdims: 0 });
}
