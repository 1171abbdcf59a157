/** Brings tensors from one layout into another, and names the operators of the blocked domain. */

import { assert } from '../core/assert.ts';
import { sizeOf } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Emitter, Value, Writer } from './emitter.ts';
import { type Layout, packedShape, roundUp } from './layout.ts';

export const NCHWC = 'com.microsoft.nchwc:';

export const reshaped = (emit: Writer, name: string, shape: readonly number[]): string =>
  emit.one('Reshape', [name, emit.ints(shape)]);

/** The same, and what is made from it leaves no buffer to a later tensor, as `Emitter.lateShape` says. */
export const reshapedLate = (emit: Emitter, name: string, shape: readonly number[]): string =>
  emit.one('Reshape', [name, emit.lateShape(shape)]);

/** A finished value in a layout, with zeros in what fills up its blocks. */
export const inLayout = (layout: Layout, name: string): Value => ({ layout, padding: 0, name });

const GRAIN = 4; // channels the reordering operator takes a multiple of

/** Shapes: [N,C,H,W] -> [N, C filled up, H, W]. */
export function toBlocked(emit: Emitter, name: string, channels: number): string {
  const missing = roundUp(channels, GRAIN) - channels;
  const whole = missing === 0 ? name : emit.one('Pad', [name, emit.ints([0, 0, 0, 0, 0, missing, 0, 0])]);
  return emit.one(`${NCHWC}ReorderInput`, [whole]);
}

/** Shapes: [N, C filled up, H, W] -> [N,C,H,W]. */
function toPlain(emit: Emitter, name: string, channels: number): string {
  return emit.one(`${NCHWC}ReorderOutput`, [name], { channels, channels_last: 0 });
}

/** A vector over channels, zeros behind it up to whole blocks. Shapes: [C] -> [C filled up]. */
export function filledUp(emit: Emitter, vector: string, channels: number, block: number): string {
  const missing = roundUp(channels, block) - channels;
  return missing === 0 ? vector : emit.one('Pad', [vector, emit.ints([0, missing])]);
}

/** The inverse of `filledUp`. */
export function cutBack(emit: Emitter, vector: string, channels: number, block: number): string {
  if (roundUp(channels, block) === channels) return vector;
  return emit.one('Slice', [vector, emit.ints([0]), emit.ints([channels]), emit.ints([0])]);
}

export function convertLayout(
  emit: Emitter,
  name: string,
  { shape, dtype }: Tensor,
  from: Layout,
  to: Layout,
  block: number,
): string {
  if (dtype === 'bool') {
    const asFloat = emit.one('Cast', [name], { to: 1 });
    return emit.one('Cast', [converted(emit, asFloat, shape, from, to, block)], { to: 9 });
  }
  assert(dtype === 'float32', `layout: ${dtype} cannot be ${to}`);
  return converted(emit, name, shape, from, to, block);
}

function converted(
  emit: Emitter,
  name: string,
  shape: readonly number[],
  from: Layout,
  to: Layout,
  block: number,
): string {
  if (to === 'rows') return toRows(emit, name, shape);
  if (from === 'rows') return fromRows(emit, name, shape, block);
  if (shape.length === 2) {
    const asFilter = reshaped(emit, name, [...packedShape(shape, from, block), 1, 1]);
    return reshaped(emit, converted(emit, asFilter, [...shape, 1, 1], from, to, block), packedShape(shape, to, block));
  }
  const [first, second, height, width] = shape as readonly [number, number, number, number];
  if (to === 'blocked') return toBlocked(emit, name, second);
  if (from === 'blocked') return toPlain(emit, name, second);
  return convertFilter(emit, name, [first, second, height, width], from, to, block);
}

/** The last side, and the product of the others. */
const matrixOf = (shape: readonly number[]) => [sizeOf(shape.slice(0, -1)), shape.at(-1)!] as const;

function toRows(emit: Emitter, name: string, shape: readonly number[]): string {
  const [rows, columns] = matrixOf(shape);
  const pixels = reshaped(emit, name, [1, 1, rows, columns]);
  return reshaped(emit, emit.one(`${NCHWC}ReorderInput`, [pixels], { channels_last: 1 }), shape);
}

/** To the reordering operator each block of columns is a pixel, whose channels are all of its rows: all threads do that. */
function fromRows(emit: Emitter, name: string, shape: readonly number[], block: number): string {
  const [rows, columns] = matrixOf(shape);
  const pixels = reshaped(emit, name, [1, 1, columns / block, rows * block]);
  return reshaped(emit, emit.one(`${NCHWC}ReorderInput`, [pixels], { channels_last: 1 }), shape);
}

/** Filters of a convolution between the plain layout and one of those for filters. Shapes: as `packedShape`. */
export function convertFilter(
  emit: Emitter,
  name: string,
  shape: readonly [number, number, number, number],
  from: Layout,
  to: Layout,
  block: number,
): string {
  const [first, second, height, width] = shape;
  const taps = height * width;
  const isThin = to === 'thin-filter' || from === 'thin-filter';
  const depth = isThin ? second : roundUp(second, block);
  const packed = packedShape(shape, to === 'plain' ? from : to, block);
  const tiles = [packed[0]! / block, depth / block, taps, block, block];
  if (to === 'plain') {
    const thin = isThin ? name : emit.one('Transpose', [reshaped(emit, name, tiles)], { perm: [0, 1, 3, 2, 4] });
    const rows = toPlain(emit, reshaped(emit, thin, [1, packed[0]!, depth * taps, 1]), first);
    const whole = reshaped(emit, rows, [first, depth, height, width]);
    return depth === second ? whole : emit.one('Slice', [whole, emit.ints([0]), emit.ints([second]), emit.ints([1])]);
  }
  const whole = depth === second ? name : emit.one('Pad', [name, emit.ints([0, 0, 0, 0, 0, depth - second, 0, 0])]);
  const thin = toBlocked(emit, reshaped(emit, whole, [1, first, depth * taps, 1]), first);
  if (isThin) return reshaped(emit, thin, packed);
  const byBlock = reshaped(emit, thin, [packed[0]! / block, depth / block, block, taps, block]);
  return reshaped(emit, emit.one('Transpose', [byBlock], { perm: [0, 1, 3, 2, 4] }), packed);
}

/** Rows and columns of a map, from the first up to the second pair, every so many. */
export interface PixelRange {
  readonly from?: readonly [number, number];
  readonly to: readonly [number, number];
  readonly steps?: readonly [number, number];
}

/** Some pixels of a blocked map. Shapes: [N,C,H,W], channels filled up -> the same with fewer rows and columns. */
export function pixelsOf(
  emit: Writer,
  name: string,
  shape: readonly number[],
  { from = [0, 0], to, steps = [1, 1] }: PixelRange,
  block: number,
): { readonly name: string; readonly shape: readonly [number, number, number, number] } {
  const [n, c, h, w] = shape as readonly [number, number, number, number];
  const sides = [0, 1].map((axis) => Math.ceil((to[axis]! - from[axis]!) / steps[axis]!));
  const kept = [n, c, sides[0]!, sides[1]!] as const;
  if (kept[2] === h && kept[3] === w) return { name, shape: kept };
  if (from[0] === 0 && from[1] === 0 && to[0] === h && to[1] === w) {
    return { name: reshaped(emit, everySoMany(emit, name, shape, steps, block), kept), shape: kept };
  }
  const view = reshaped(emit, name, [(n * c) / block, h, w, block]);
  const isDense = steps[0] === 1 && steps[1] === 1;
  const ranges = [emit.ints(from), emit.ints(to), emit.ints([1, 2]), ...(isDense ? [] : [emit.ints(steps)])];
  return { name: reshaped(emit, emit.one('Slice', [view, ...ranges]), kept), shape: kept };
}

/** A convolution that copies: all threads do it, where a slice is one's. */
function everySoMany(
  emit: Writer,
  name: string,
  [n, c, h, w]: readonly number[],
  steps: readonly [number, number],
  block: number,
): string {
  const one = emit.constant(new Float64Array(block).fill(1), [block, 1, 1, 1], 'float32');
  return emit.one(`${NCHWC}Conv`, [reshaped(emit, name, [(n! * c!) / block, block, h!, w!]), one], {
    kernel_shape: [1, 1],
    strides: steps,
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    group: block,
  });
}
