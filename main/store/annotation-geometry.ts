/** How shapes are written in the database, and read back number for number; see migration 0004 for the form. */

import type { Xyxy } from '../../native-models/geometry/box.ts';
import { countsFromText, countsToText } from '../../native-models/geometry/mask-text.ts';
import type { Ring } from '../../native-models/geometry/polygon.ts';
import type { Shape, ShapeKind } from '../../native-models/geometry/shape.ts';
import { AppError } from '../../preload/contract/errors.ts';

interface StoredMask {
  readonly size: readonly [height: number, width: number];
  readonly counts: string;
}

/** Null of a box, which its columns hold. */
export function geometryText(shape: Shape): string | null {
  switch (shape.kind) {
    case 'box':
      return null;
    case 'polygon':
      return JSON.stringify(shape.polygon.map(({ outline, holes }) => [outline, ...holes]));
    case 'mask': {
      const { width, height, counts } = shape.mask;
      return JSON.stringify({ size: [height, width], counts: countsToText(counts) } satisfies StoredMask);
    }
  }
}

/** Errors: project-damaged when the text is not what `geometryText` writes. */
export function shapeOf(kind: ShapeKind, xyxy: Xyxy, geometry: string | null): Shape {
  if (kind === 'box') return { kind, xyxy };
  const stored: unknown = JSON.parse(geometry ?? 'null');
  if (kind === 'polygon' && Array.isArray(stored)) {
    const parts = stored as readonly (readonly [Ring, ...Ring[]])[];
    return { kind, polygon: parts.map(([outline, ...holes]) => ({ outline, holes })) };
  }
  if (kind === 'mask' && typeof stored === 'object' && stored !== null && 'counts' in stored) {
    const { size, counts } = stored as StoredMask;
    const runs = countsFromText(counts);
    if (runs !== null) return { kind, mask: { height: size[0], width: size[1], counts: runs } };
  }
  throw new AppError('project-damaged', `an annotation's ${kind} is not readable: ${geometry?.slice(0, 60)}`);
}
