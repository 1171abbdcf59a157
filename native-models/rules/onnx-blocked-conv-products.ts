/**
 * Weight gradients of 1x1 kernels on large maps, image by image: as `onnx-blocked-conv-planes.ts`, but nothing is copied at all.
 * The map of more channels serves as filters, of which the operator takes several blocks at a time.
 */

import { packedShape } from './layout.ts';
import { turnedFilter } from './onnx-blocked-chunks.ts';
import type { WeightGradTask } from './onnx-blocked-conv-planes.ts';
import { NCHWC, pixelsOf, reshaped } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

/** One product for each image, then their sum. Shapes: -> filters [K,C,1,1], channels filled up. */
export function byImage({ emit, x, g, attrs, block }: WeightGradTask): string {
  const packed = packedShape(x.shape, 'blocked', block) as Sizes;
  const [n, c, h, w] = packed;
  const [, k, ho, wo] = packedShape(g.shape, 'blocked', block) as Sizes;
  const taken = pixelsOf(emit, emit.in(x, 'blocked'), packed, { to: [h, w], steps: attrs.strides }, block).name;
  const cotangents = emit.in(g, 'blocked');
  const window = { kernel_shape: [1, ho * wo], strides: [1, 1], dilations: [1, block], pads: [0, 0, 0, 0], group: n };
  const product = (rows: string, places: number, filters: string, channels: number) => {
    const operands = [
      reshaped(emit, rows, [1, n, places / block, ho * wo * block]),
      reshaped(emit, filters, [n * channels, 1, 1, ho * wo]),
    ];
    const images = reshaped(emit, emit.one(`${NCHWC}Conv`, operands, window), [n, c * k]);
    return emit.one('ReduceSum', [images, emit.ints([0])], { keepdims: 0 });
  };
  if (c <= k) return reshaped(emit, product(taken, c, cotangents, k), [k, c, 1, 1]);

  return reshaped(emit, turnedFilter(emit, product(cotangents, k, taken, c), [c, k], block), [k, c, 1, 1]);
}
