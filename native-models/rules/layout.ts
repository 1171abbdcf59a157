/**
 * How a tensor's elements lie in memory. The graph's shapes are always the plain ones; a backend decides per value.
 *
 *   plain        row-major, as the shape says: maps NCHW, filters KCHW
 *   blocked      maps [N, C/b, H, W, b]: b channels side by side, the last block filled up
 *   filter       [K/b, C/b, kh, kw, b of C, b of K]: filters of a convolution over blocked maps
 *   thin-filter  [K/b, C, kh, kw, b of K]: filters over few plain channels (a stem), or one each (depthwise)
 *
 * Source: com.microsoft.nchwc operators of ONNX Runtime 1.29; b is 8 or 16, by the processor's vector width.
 */

import { assert } from '../core/assert.ts';
import { type Shape, sizeOf } from '../core/shape.ts';

export type Layout = 'plain' | 'blocked' | 'filter' | 'thin-filter';

export const roundUp = (channels: number, block: number): number => Math.ceil(channels / block) * block;

/** Sides with the channels filled up to whole blocks: what a runtime is told of a value in this layout. */
export function packedShape(shape: Shape, layout: Layout, block: number): Shape {
  if (layout === 'plain') return shape;
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
  const packed = new Float32Array(sizeOf(packedShape(shape, layout, block)));
  visit(shape, layout, block, (at, from) => {
    packed[at] = plain[from]!;
  });
  return packed;
}

/** The inverse of `pack`. */
export function unpack(packed: Float32Array, shape: Shape, layout: Layout, block: number): Float32Array {
  if (layout === 'plain') return packed;
  const plain = new Float32Array(sizeOf(shape));
  visit(shape, layout, block, (at, from) => {
    plain[from] = packed[at]!;
  });
  return plain;
}

/** Calls `move` with the place of every element in the layout and in the plain one. */
function visit(shape: Shape, layout: Layout, block: number, move: (at: number, from: number) => void): void {
  const [first, second, height, width] = shape as readonly [number, number, number, number];
  const pixels = height * width;
  for (let i = 0; i < first; i++) {
    for (let j = 0; j < second; j++) {
      const [start, step] = run(i, j, packedShape(shape, layout, block), layout, block);
      const from = (i * second + j) * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) move(start + pixel * step, from + pixel);
    }
  }
}

/** Where the pixels of one plane begin in the layout, and how far apart they lie. */
function run(i: number, j: number, packed: Shape, layout: Layout, block: number): [start: number, step: number] {
  const [, second, height, width] = packed as readonly [number, number, number, number];
  const pixels = height * width;
  const [outer, inner] = [Math.floor(i / block), i % block];
  switch (layout) {
    case 'plain':
      return [(i * second + j) * pixels, 1];
    case 'blocked':
      return [(i * second + Math.floor(j / block) * block) * pixels + (j % block), block];
    case 'filter': {
      const tile = (outer * (second / block) + Math.floor(j / block)) * pixels * block * block;
      return [tile + (j % block) * block + inner, block * block];
    }
    case 'thin-filter':
      return [(outer * second + j) * pixels * block + inner, block];
    default:
      return layout satisfies never;
  }
}
