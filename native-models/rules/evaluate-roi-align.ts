/**
 * Reference evaluation of RoIAlign, sample by sample.
 * Source: He et al. 2017, https://arxiv.org/abs/1703.06870, section 3; what is outside a map, and boxes of less than a
 * pixel, as in torchvision.ops.roi_align.
 */

import type { PrimAttrs, RoiAlignAttrs } from '../core/primitives.ts';
import { sizeOf } from '../core/shape.ts';
import type { NdArray } from './nd-array.ts';

/** Pixels along one axis with their shares of the mean over a bin's samples. */
type Shares = readonly (readonly [pixel: number, share: number])[];

/** Of each bin along one axis. */
function binShares(start: number, end: number, side: number, bins: number, attrs: RoiAlignAttrs): Shares[] {
  const length = attrs.aligned ? end - start : Math.max(end - start, 1);
  const ratio = attrs.samplingRatio || Math.max(1, Math.ceil(length / bins));
  return Array.from({ length: bins }, (_, bin) =>
    Array.from({ length: ratio }, (_, sample) => {
      const position = start + (length * (bin + (sample + 0.5) / ratio)) / bins;
      if (position < -1 || position > side) return [];
      const held = Math.min(Math.max(position, 0), side - 1);
      const low = Math.floor(held);
      const above = held - low;
      const low01 = [low, (1 - above) / ratio] as const;
      return [low01, [Math.min(low + 1, side - 1), above / ratio] as const];
    }).flat(),
  );
}

/** Calls `visit` with flat places (of the result, of a level's map) and the share of the second in the first. */
function eachShare(
  [boxes, images, levels]: readonly NdArray[],
  shapes: readonly (readonly number[])[],
  attrs: RoiAlignAttrs,
  visit: (result: number, level: number, pixel: number, share: number) => void,
): void {
  const [height, width] = attrs.size;
  const offset = attrs.aligned ? 0.5 : 0;
  levels!.data.forEach((level, box) => {
    const [, channels, h, w] = shapes[level]! as [number, number, number, number];
    const [left, top, right, bottom] = Array.from(
      boxes!.data.subarray(4 * box, 4 * box + 4),
      (side) => side * attrs.scales[level]! - offset,
    ) as [number, number, number, number];
    const down = binShares(top, bottom, h, height, attrs);
    const across = binShares(left, right, w, width, attrs);
    for (let channel = 0; channel < channels; channel++) {
      const plane = (images!.data[box]! * channels + channel) * h * w;
      for (let bin = 0; bin < height * width; bin++) {
        const result = (box * channels + channel) * height * width + bin;
        for (const [row, rowShare] of down[Math.floor(bin / width)]!)
          for (const [column, columnShare] of across[bin % width]!)
            visit(result, level, plane + row * w + column, rowShare * columnShare);
      }
    }
  });
}

export function roiAlign([boxes, images, levels, ...maps]: readonly NdArray[], attrs: RoiAlignAttrs): NdArray[] {
  const shape = [boxes!.shape[0]!, maps[0]!.shape[1]!, ...attrs.size];
  const data = new Float64Array(sizeOf(shape));
  const shapes = maps.map((map) => map.shape);
  eachShare([boxes!, images!, levels!], shapes, attrs, (result, level, pixel, share) => {
    data[result]! += share * maps[level]!.data[pixel]!;
  });
  return [{ shape, data }];
}

export function roiAlignGrad([g, ...rois]: readonly NdArray[], attrs: PrimAttrs['RoiAlignGrad']): NdArray[] {
  const maps = attrs.mapShapes.map((shape) => ({ shape, data: new Float64Array(sizeOf(shape)) }));
  eachShare(rois, attrs.mapShapes, attrs, (result, level, pixel, share) => {
    maps[level]!.data[pixel]! += share * g!.data[result]!;
  });
  return maps;
}
