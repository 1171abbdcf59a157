/** Which objects are on show; the others are not drawn, not hit by the pointer and not in the list. */

import { type ShapeKind, shapeArea } from '../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../../preload/contract/labelling.ts';

export const FLAGS = ['is_crowd', 'is_difficult', 'is_occluded', 'is_truncated'] as const;
export type Flag = (typeof FLAGS)[number];

/** Every condition must hold; an empty list, or null, asks for nothing. */
export interface ObjectFilter {
  readonly hidesAll: boolean;
  readonly hiddenClasses: readonly string[];
  /** Any of them. */
  readonly kinds: readonly ShapeKind[];
  /** Any of them. */
  readonly flags: readonly Flag[];
  /** Units: square pixels, inclusive. */
  readonly minArea: number | null;
  readonly maxArea: number | null;
}

export const ALL_SHOWN: ObjectFilter = {
  hidesAll: false,
  hiddenClasses: [],
  kinds: [],
  flags: [],
  minArea: null,
  maxArea: null,
};

export function isShown(filter: ObjectFilter, annotation: Annotation): boolean {
  const { hidesAll, hiddenClasses, kinds, flags, minArea, maxArea } = filter;
  if (hidesAll || hiddenClasses.includes(annotation.class_name)) return false;
  if (kinds.length > 0 && !kinds.includes(annotation.shape.kind)) return false;
  if (flags.length > 0 && !flags.some((flag) => annotation[flag])) return false;
  if (minArea === null && maxArea === null) return true;
  const area = shapeArea(annotation.shape);
  return area >= (minArea ?? 0) && area <= (maxArea ?? Number.POSITIVE_INFINITY);
}

/** Whether anything may be hidden. */
export const isFiltering = (filter: ObjectFilter): boolean => JSON.stringify(filter) !== JSON.stringify(ALL_SHOWN);
