import { boxArea, boxIou, type Xyxy } from '../geometry/box.ts';
import type { Mask } from '../geometry/mask.ts';

export interface FoundObject {
  /** In pixels of the picture. */
  readonly box: Xyxy;
  /** Class, from 0. */
  readonly label: number;
  readonly score: number;
  /** Of the size of the picture; null where boxes are all that is found. */
  readonly mask: Mask | null;
}

export interface ViewMerging {
  /** Of detections that overlap by more, the best is kept. */
  readonly overlap: number;
  /** Detections of different classes never drop each other. */
  readonly isPerClass: boolean;
  /** Detections of a picture at most, over all classes. */
  readonly most: number;
}

/**
 * What is found in a picture, of all that was found in it and in its tiles; best first, equally good ones in their order.
 * What was found beside a tile, and has no area once it is cut off there, is left out.
 * Source: product specification, section 14.3; classes apart unless asked otherwise, its section 22.
 */
export function mergeViews(
  found: readonly FoundObject[],
  { overlap, isPerClass, most }: ViewMerging,
): readonly FoundObject[] {
  const kept: FoundObject[] = [];
  for (const one of found.filter(({ box }) => boxArea(box) > 0).toSorted((a, b) => b.score - a.score)) {
    if (kept.length === most) break;
    const rivals = (other: FoundObject) => !isPerClass || other.label === one.label;
    if (!kept.some((other) => rivals(other) && boxIou(one.box, other.box) > overlap)) kept.push(one);
  }
  return kept;
}
