/**
 * Sums over each channel of blocked maps. They run over short stretches in float32 and from there on in float64: a variance is
 * the mean square less the squared mean, which loses digits where the mean is large.
 */

import type { Emitter } from './emitter.ts';
import { NCHWC, reshaped } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

const [FLOAT, DOUBLE] = [1, 11]; // ONNX element types
/** Elements summed in float32 at most, so that rounding stays near that of one addition. */
export const STRETCH = 256;

export const double = (emit: Emitter, name: string): string => emit.one('Cast', [name], { to: DOUBLE });
export const single = (emit: Emitter, name: string): string => emit.one('Cast', [name], { to: FLOAT });
export const number = (emit: Emitter, value: number): string => emit.constant([value], [1], 'float64');

/** Stretches that one map is summed in: all of it where it is small, else its rows. */
function stretches([, , h, w]: Sizes): readonly [count: number, length: number] {
  return h * w <= STRETCH ? [1, h * w] : [h, w];
}

/** Shapes: partial sums [N * C/b * stretches, b] -> float64 [C]. */
function total(emit: Emitter, parts: string, sizes: Sizes, block: number): string {
  const [n, c] = sizes;
  const [count] = stretches(sizes);
  const over = (value: string, axis: number) => emit.one('ReduceSum', [value, emit.ints([axis])], { keepdims: 0 });
  if (count === 1) return over(double(emit, reshaped(emit, parts, [n, c])), 0);
  const perImage = over(double(emit, reshaped(emit, parts, [n, c / block, count, block])), 2);
  return reshaped(emit, over(perImage, 0), [c]);
}

/**
 * The sum of each channel times a number. Stretches are averaged by the blocked pooling operator, which is faster than a
 * sum. Shapes: blocked [N,C,H,W] -> float64 [C].
 */
export function sum(emit: Emitter, x: string, sizes: Sizes, block: number, factor = 1): string {
  const [n, c] = sizes;
  const [count, length] = stretches(sizes);
  const view = reshaped(emit, x, [1, n * c * count, 1, length]);
  const window = { kernel_shape: [1, length], strides: [1, 1], pads: [0, 0, 0, 0] };
  const means = emit.one(`${NCHWC}AveragePool`, [view], window);
  return emit.one('Mul', [total(emit, means, sizes, block), number(emit, length * factor)]);
}

/**
 * Sum of products, per channel, in one pass that writes nothing: a depthwise convolution whose filters are the other
 * map. Shapes: blocked [N,C,H,W] twice -> float64 [C].
 */
export function dot(emit: Emitter, x: string, y: string, sizes: Sizes, block: number): string {
  const [n, c] = sizes;
  const [count, length] = stretches(sizes);
  const group = n * c * count;
  const operands = [reshaped(emit, x, [1, group, 1, length]), reshaped(emit, y, [group, 1, 1, length])];
  const window = { kernel_shape: [1, length], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group };
  return total(emit, emit.one(`${NCHWC}Conv`, operands, window), sizes, block);
}

/** Shapes: blocked [N,C,H,W] -> [C]. */
export const channelSums = (emit: Emitter, x: string, sizes: Sizes, block: number): string =>
  single(emit, sum(emit, x, sizes, block));
