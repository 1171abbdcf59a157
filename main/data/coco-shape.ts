/** A `segmentation` of COCO: rings of corners, or run lengths as numbers or as text. */

import type { Size } from '../../native-models/geometry/box.ts';
import type { Mask } from '../../native-models/geometry/mask.ts';
import { countsFromText } from '../../native-models/geometry/mask-text.ts';
import { MIN_RING_NUMBERS, partsFromRings, type Ring } from '../../native-models/geometry/polygon.ts';
import { maskFromPolygon } from '../../native-models/geometry/rasterise.ts';
import { described, RecordProblem } from './record-problem.ts';

export type CocoShape =
  | { readonly kind: 'rings'; readonly rings: readonly Ring[] }
  | { readonly kind: 'mask'; readonly mask: Mask };

/** Drawing a ring takes time with its length; no honest outline of an image is as long. */
const LONGEST_OUTLINE_PX = 4_000_000;
const MOST_PIXELS = 2 ** 31 - 1;

/** Errors: RecordProblem. */
export function readShape(value: unknown): CocoShape {
  if (Array.isArray(value)) return { kind: 'rings', rings: value.map(ringOf) };
  if (typeof value !== 'object' || value === null) throw wrong('a list of outlines or run lengths', value);
  const { size, counts } = value as Readonly<Record<string, unknown>>;
  const isSize = Array.isArray(size) && size.length === 2 && size.every((side) => Number.isInteger(side) && side >= 1);
  if (!isSize) throw wrong('a size of height and width', size);
  const [height, width] = size as [number, number];
  if (height * width > MOST_PIXELS) throw wrong(`at most ${MOST_PIXELS} pixels`, size);
  return { kind: 'mask', mask: { width, height, counts: countsOf(counts, height * width) } };
}

function ringOf(value: unknown): Ring {
  const isRing =
    Array.isArray(value) &&
    value.length >= MIN_RING_NUMBERS &&
    value.length % 2 === 0 &&
    value.every((number) => typeof number === 'number' && Number.isFinite(number));
  if (!isRing) throw wrong('outlines of at least three corners, x and y in turn', value);
  const ring = value as number[];
  let length = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length;
    length += Math.max(Math.abs(ring[next]! - ring[i]!), Math.abs(ring[next + 1]! - ring[i + 1]!));
  }
  if (length > LONGEST_OUTLINE_PX) throw wrong(`outlines of at most ${LONGEST_OUTLINE_PX} pixels`, ring);
  return ring;
}

function countsOf(value: unknown, pixels: number): readonly number[] {
  const counts = typeof value === 'string' ? countsFromText(value) : value;
  const isRuns = Array.isArray(counts) && counts.every((count) => Number.isInteger(count) && count >= 0);
  if (!isRuns) throw wrong('run lengths as whole numbers or as their text', value);
  const sum = (counts as number[]).reduce((total, count) => total + count, 0);
  if (sum !== pixels) throw wrong(`run lengths of ${pixels} pixels in all, as the size says`, sum);
  return counts as number[];
}

/** The mask of a shape in an image. Errors: RecordProblem where its size is another one, or none is known. */
export function maskOfShape(shape: CocoShape, size: Size | null): Mask {
  if (shape.kind === 'rings') {
    if (size === null) {
      throw new RecordProblem('bad-predictions', 'segmentation: outlines need the width and height of their image');
    }
    return maskFromPolygon(partsFromRings(shape.rings), size);
  }
  const { width, height } = shape.mask;
  if (size === null || (size.width === width && size.height === height)) return shape.mask;
  throw wrong(`the size of its image, ${size.height} x ${size.width}`, [height, width]);
}

function wrong(expected: string, got: unknown): RecordProblem {
  return new RecordProblem('bad-predictions', `segmentation: expected ${expected}, got ${described(got)}`);
}
