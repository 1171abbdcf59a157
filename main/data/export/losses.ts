/** What formats do not hold of objects by their nature. */

import { shapeArea } from '../../../native-models/geometry/shape.ts';
import {
  ANNOTATION_FLAGS,
  type AnnotationFlag,
  type AnnotationFlags,
  flagWord,
} from '../../../preload/contract/annotation-flags.ts';
import type { Annotation } from '../../store/annotations.ts';
import type { Losses } from '../losses.ts';

/** What an area may differ by from the shape's and be the same, rounded: a thousandth. */
const SAME_AREA = 1e-3;

/** Notes the objects whose source gave them another area than their shape has. */
export function noteAreas(losses: Losses, objects: readonly Pick<Annotation, 'shape' | 'area_px2'>[]): void {
  const differs = ({ shape, area_px2 }: (typeof objects)[number]) => {
    const area = shapeArea(shape);
    return Math.abs(area - area_px2) > SAME_AREA * area;
  };
  losses.note(
    'objects have other areas than their shapes, which the format does not say',
    objects.filter(differs).length,
  );
}

/** Notes the flags of an object that a format does not hold. */
export function noteFlags(losses: Losses, object: AnnotationFlags, held: readonly AnnotationFlag[]): void {
  for (const flag of ANNOTATION_FLAGS) {
    if (object[flag] && !held.includes(flag))
      losses.note(`objects are ${flagWord(flag)}, which the format does not say`);
  }
}

/** Notes the boxes that are one object from frame to frame, for formats that do not say so; each is written as a plain box. */
export function noteTracks(losses: Losses, objects: readonly Pick<Annotation, 'track'>[]): void {
  const tracked = objects.filter(({ track }) => track !== undefined && track !== null);
  const filled = tracked.filter(({ track }) => track?.role === 'between');
  losses.note('boxes are of a track, which the format does not say', tracked.length);
  losses.note('boxes lie between key frames, and are written as any box', filled.length);
}
