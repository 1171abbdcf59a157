/** Passes over a map part by part, and such that a reader may put further ones behind. */

import type { Shape } from '../core/shape.ts';
import type { Emitter, Parted, Value } from './emitter.ts';
import { packedShape } from './layout.ts';
import { reshaped } from './onnx-blocked-convert.ts';

/** Elements of a map that are worked on at a time: what the passes over them hand to one another fits a core's second cache. */
export const CACHED = 2 ** 19;

/** How many planes of a map to take at a time: the most that are cached and divide all of them. */
export function planesAtOnce(planes: number, size: number): number {
  for (let count = Math.min(planes, Math.floor(CACHED / size)); count > 1; count--) {
    if (planes % count === 0) return count;
  }
  return 1;
}

/** Into how many parts of whole blocks a buffer of that many elements falls, each of them cached. */
export function partsOf(size: number, block: number): number {
  const blocks = size / block;
  const least = Math.ceil(size / CACHED);
  for (let count = least; count <= 2 * least; count++) if (blocks % count === 0) return count;
  return 1;
}

/** A blocked map that is written when it is read, unless its reader goes on with the parts. */
export function pendingParts(emit: Emitter, parted: Parted, shape: Shape, block: number): Value {
  const name = () => reshaped(emit, emit.inParts(parted), packedShape(shape, 'blocked', block));
  return { layout: 'blocked', padding: 0, name, parted };
}
