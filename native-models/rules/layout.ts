/**
 * How a tensor's elements lie in memory. The graph's shapes are always the plain ones; a backend decides per value.
 *
 *   plain        row-major, as the shape says: maps NCHW, filters KCHW
 *   blocked      maps [N, C/b, H, W, b]: b channels side by side, the last block filled up
 *   filter       [K/b, C/b, kh, kw, b of C, b of K]: filters of a convolution over blocked maps, and matrices [K,C]
 *   thin-filter  [K/b, C, kh, kw, b of K]: filters over few plain channels (a stem), or one each (depthwise)
 *   turned       [C/b, K/b, b of K, b of C]: a matrix [K,C] in whole blocks, as the filters of its transpose
 *   rows         [K/b, rows, b] for [...,K], K in whole blocks: what linear layers pass to one another, rows as pixels of a map
 *
 * Source: com.microsoft.nchwc operators of ONNX Runtime 1.29; b is 8 or 16, by the processor's vector width.
 */

import { assert } from '../core/assert.ts';
import { type Shape, sizeOf } from '../core/shape.ts';

export type Layout = 'plain' | 'blocked' | 'filter' | 'thin-filter' | 'turned' | 'rows';

/** Layouts that a value has between operations alone. */
type Passing = 'turned' | 'rows';

const isPassing = (layout: Layout): layout is Passing => layout === 'turned' || layout === 'rows';

/** What is made turned is worked on as filters: with the weight it belongs to. */
export const workedOnIn = (layout: Layout): Layout => (layout === 'turned' ? 'filter' : layout);

export const roundUp = (channels: number, block: number): number => Math.ceil(channels / block) * block;

/** Sides with the channels filled up to whole blocks: what a runtime is told of a value in this layout. */
export function packedShape(shape: Shape, layout: Layout, block: number): Shape {
  if (layout === 'plain' || isPassing(layout)) return shape;
  // A matrix [K,C] is a filter of one tap.
  if (layout === 'filter' && shape.length === 2) return [roundUp(shape[0]!, block), roundUp(shape[1]!, block)];
  assert(shape.length === 4, `layout: [${shape}] cannot be ${layout}`);
  const [first, second, height, width] = shape as readonly [number, number, number, number];
  switch (layout) {
    case 'blocked':
      return [first, roundUp(second, block), height, width];
    case 'filter':
      return [roundUp(first, block), roundUp(second, block), height, width];
    case 'thin-filter':
      return [roundUp(first, block), second, height, width];
    default:
      return layout satisfies never;
  }
}

/** The elements of a tensor in another layout; what fills up the last block is zero. */
export function pack(plain: Float32Array, shape: Shape, layout: Layout, block: number): Float32Array {
  if (layout === 'plain') return plain;
  assert(!isPassing(layout), `layout: nothing lies in ${layout} from step to step`);
  const packed = new Float32Array(sizeOf(packedShape(shape, layout, block)));
  eachPlane(shape, layout, block, (from, pixels, at, step) => {
    for (let pixel = 0; pixel < pixels; pixel++) packed[at + pixel * step] = plain[from + pixel]!;
  });
  return packed;
}

/** The inverse of `pack`. */
export function unpack(packed: Float32Array, shape: Shape, layout: Layout, block: number): Float32Array {
  if (layout === 'plain') return packed;
  assert(!isPassing(layout), `layout: nothing lies in ${layout} from step to step`);
  const plain = new Float32Array(sizeOf(shape));
  eachPlane(shape, layout, block, (from, pixels, at, step) => {
    for (let pixel = 0; pixel < pixels; pixel++) plain[from + pixel] = packed[at + pixel * step]!;
  });
  return plain;
}

/** Where each plane of pixels begins in the plain layout and in the other one, and how far apart its pixels lie there. */
function eachPlane(
  shape: Shape,
  layout: Exclude<Layout, 'plain' | Passing>,
  block: number,
  visit: (from: number, pixels: number, at: number, step: number) => void,
): void {
  const [first, second, height = 1, width = 1] = shape as readonly [number, number, number?, number?];
  const pixels = height * width;
  const depth = packedShape(shape, layout, block)[1]!;
  const step = layout === 'filter' ? block * block : block;
  for (let i = 0; i < first; i++) {
    const [outer, inner] = [Math.floor(i / block), i % block];
    for (let j = 0; j < second; j++) {
      const whole = j - (j % block);
      const from = (i * second + j) * pixels;
      if (layout === 'blocked') visit(from, pixels, (i * depth + whole) * pixels + (j % block), step);
      else if (layout === 'thin-filter') visit(from, pixels, (outer * depth + j) * pixels * block + inner, step);
      else visit(from, pixels, (outer * depth + whole) * pixels * block + (j % block) * block + inner, step);
    }
  }
}
