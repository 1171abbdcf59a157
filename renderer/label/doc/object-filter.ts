/**
 * Which objects are on show; the others are not drawn, not hit by the pointer and not in the list. Of those on show some may be
 * locked: seen, and not to be touched.
 */

import { type ShapeKind, shapeArea } from '../../../native-models/geometry/shape.ts';
import type { AnnotationFlag } from '../../../preload/contract/annotation-flags.ts';
import type { Annotation } from '../../../preload/contract/labelling.ts';

export const SOURCES = ['person', 'model', 'interpolated'] as const;
/** Whose work an object is; a person's is what an import brought as well. */
export type Source = (typeof SOURCES)[number];

/** Every condition must hold; an empty list, or null, asks for nothing. */
export interface ObjectFilter {
  readonly hidesAll: boolean;
  readonly hiddenClasses: readonly string[];
  readonly lockedClasses: readonly string[];
  /** Any of them. */
  readonly kinds: readonly ShapeKind[];
  /** Any of them. */
  readonly flags: readonly AnnotationFlag[];
  /** Any of them. */
  readonly sources: readonly Source[];
  /** Units: square pixels, inclusive. */
  readonly minArea: number | null;
  readonly maxArea: number | null;
}

export const ALL_SHOWN: ObjectFilter = {
  hidesAll: false,
  hiddenClasses: [],
  lockedClasses: [],
  kinds: [],
  flags: [],
  sources: [],
  minArea: null,
  maxArea: null,
};

export function isShown(filter: ObjectFilter, annotation: Annotation): boolean {
  const { hidesAll, hiddenClasses, kinds, flags, sources, minArea, maxArea } = filter;
  if (hidesAll || hiddenClasses.includes(annotation.class_name)) return false;
  if (kinds.length > 0 && !kinds.includes(annotation.shape.kind)) return false;
  if (flags.length > 0 && !flags.some((flag) => annotation[flag])) return false;
  if (sources.length > 0 && !sources.includes(annotation.source ?? 'person')) return false;
  if (minArea === null && maxArea === null) return true;
  const area = shapeArea(annotation.shape);
  return area >= (minArea ?? 0) && area <= (maxArea ?? Number.POSITIVE_INFINITY);
}

/** Of an object that is on show: whether no tool may touch it. */
export const isLocked = ({ lockedClasses }: ObjectFilter, { class_name }: Annotation): boolean =>
  lockedClasses.includes(class_name);

/** Whether anything may be hidden or locked. */
export const isFiltering = (filter: ObjectFilter): boolean => JSON.stringify(filter) !== JSON.stringify(ALL_SHOWN);
