/**
 * Mean and variance of a product x = W u without x: of its operand u the sums and the products of its channels with one another
 * are enough, mean W m and variance diag(W C W^T). Where u has fewer channels than x, that spares two passes over the larger
 * map, and what is known before x is made can be part of the convolution that makes it.
 *
 * Products are summed over stretches of pixels in float32 and from there on in float64, as all sums that a variance is made of.
 */

import type { Emitter } from './emitter.ts';
import { along, chunksPicked } from './onnx-blocked-chunks.ts';
import { isReadable } from './onnx-blocked-conv-planes.ts';
import { NCHWC, reshaped } from './onnx-blocked-convert.ts';
import { double, number, STRETCH, sum } from './onnx-blocked-sums.ts';

type Sizes = readonly [number, number, number, number];

const SHORTEST = 16; // pixels of a stretch that is worth a product of its own

/** Pixels of a map that are summed in float32: as many as can be; null where the operator takes no such stretches. */
export function stretchOf([n, , h, w]: Sizes, block: number): number | null {
  const pixels = h * w;
  for (let length = Math.min(STRETCH, pixels); length >= SHORTEST; length--) {
    if (pixels % length === 0 && isReadable((n * pixels) / length, block)) return length;
  }
  return null;
}

/** Of a map's channels, over all images and pixels, in float64. */
export interface OperandSums {
  /** [C] */
  readonly total: string;
  /** [C,C]: of products of two channels. */
  readonly squares: string;
  readonly count: number;
}

/** Shapes: u blocked, of these sizes. */
export function operandSums(emit: Emitter, u: string, sizes: Sizes, block: number): OperandSums {
  const [n, c, h, w] = sizes;
  const length = stretchOf(sizes, block)!;
  const [count, blocks] = [(h * w) / length, c / block];
  // The stretches of one image, each with all of its channels, side by side as filters over themselves.
  const stretches =
    count === 1 || blocks === 1
      ? u
      : chunksPicked(
          emit,
          u,
          length * block,
          [n, count, blocks],
          [along(0, n, blocks * count), along(1, count, 1), along(2, blocks, count)],
        );
  const operands = [
    reshaped(emit, stretches, [1, n * count, blocks, length * block]),
    reshaped(emit, stretches, [n * count * c, 1, 1, length]),
  ];
  const window = { kernel_shape: [1, length], strides: [1, 1], dilations: [1, block], pads: [0, 0, 0, 0] };
  const products = emit.one(`${NCHWC}Conv`, operands, { ...window, group: n * count });
  const single = double(emit, reshaped(emit, products, [n * count, c * c]));
  const summed = emit.one('ReduceSum', [single, emit.ints([0])], { keepdims: 0 });
  const tiles = reshaped(emit, summed, [blocks, blocks, block, block]);
  const squares = reshaped(emit, emit.one('Transpose', [tiles], { perm: [0, 3, 1, 2] }), [c, c]);
  return { total: sum(emit, u, sizes, block), squares, count: n * h * w };
}

/** Shapes: filters [K/b, C, b] -> mean and population variance of the product, float64 [K]. */
export function productMoments(
  emit: Emitter,
  { total, squares, count }: OperandSums,
  filters: string,
  [k, c]: readonly [number, number],
): readonly [mean: string, variance: string] {
  const w = double(emit, filters);
  const share = number(emit, 1 / count);
  const centre = emit.one('Mul', [total, share]);
  const level = emit.one('Mul', [reshaped(emit, centre, [c, 1]), reshaped(emit, centre, [1, c])]);
  const spread = emit.one('Sub', [emit.one('Mul', [squares, share]), level]);
  const mean = emit.one('MatMul', [reshaped(emit, centre, [1, c]), w]);
  const variance = columnDots(emit, emit.one('MatMul', [spread, w]), w, k);
  return [reshaped(emit, mean, [k]), variance];
}

/** Shapes: [K/b, C, b] twice -> [K], sums over C of products. */
export function columnDots(emit: Emitter, a: string, b: string, k: number): string {
  const sums = emit.one('ReduceSum', [emit.one('Mul', [a, b]), emit.ints([1])], { keepdims: 0 });
  return reshaped(emit, sums, [k]);
}
