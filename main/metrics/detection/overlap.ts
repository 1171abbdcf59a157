/** How far a detection and a truth overlap: by their boxes, by their masks, or by their masks and the boundaries of these. */

import { type Mask, maskArea, maskXyxy, sharedPixels } from '../../../native-models/geometry/mask.ts';
import { maskRim } from '../../../native-models/geometry/mask-rim.ts';
import type { DetectionSet, Overlap } from './objects.ts';

export type OverlapKind = 'boxes' | 'masks' | 'boundaries';

/** Errors: a bug where masks are asked for and there are none. */
export function overlapOf(set: DetectionSet, kind: OverlapKind): Overlap {
  const boxes = boxOverlap(set);
  if (kind === 'boxes') return boxes;
  const masks = maskOverlap(set, (mask) => mask);
  if (kind === 'masks') return masks;
  const rims = maskOverlap(set, maskRim);
  return (d, t) => {
    const whole = masks(d, t);
    return whole === 0 ? 0 : Math.min(whole, rims(d, t));
  };
}

/** Sides are added and multiplied in the order of COCO's own code, so that thresholds are reached by the same pairs. */
function boxOverlap({ truths, detections }: DetectionSet): Overlap {
  const [a, b, isCrowd] = [detections.xywh, truths.xywh, truths.isCrowd];
  return (d, t) => {
    const [i, j] = [4 * d, 4 * t];
    const width = Math.min(a[i]! + a[i + 2]!, b[j]! + b[j + 2]!) - Math.max(a[i]!, b[j]!);
    if (width <= 0) return 0;
    const height = Math.min(a[i + 1]! + a[i + 3]!, b[j + 1]! + b[j + 3]!) - Math.max(a[i + 1]!, b[j + 1]!);
    if (height <= 0) return 0;
    const shared = width * height;
    const own = a[i + 2]! * a[i + 3]!;
    return shared / (isCrowd[t] === 1 ? own : own + b[j + 2]! * b[j + 3]! - shared);
  };
}

interface Measured {
  readonly mask: Mask;
  readonly area: number;
  readonly xyxy: readonly [number, number, number, number];
}

function maskOverlap({ truths, detections }: DetectionSet, toMask: (mask: Mask) => Mask): Overlap {
  const measured = (masks: readonly Mask[]) => {
    const known: (Measured | undefined)[] = new Array(masks.length);
    return (i: number): Measured => {
      let entry = known[i];
      if (entry === undefined) {
        const mask = toMask(masks[i]!);
        entry = { mask, area: maskArea(mask), xyxy: maskXyxy(mask) };
        known[i] = entry;
      }
      return entry;
    };
  };
  const [detected, true_] = [measured(detections.masks!), measured(truths.masks!)];
  return (d, t) => {
    const [a, b] = [detected(d), true_(t)];
    const isApart =
      Math.min(a.xyxy[2], b.xyxy[2]) <= Math.max(a.xyxy[0], b.xyxy[0]) ||
      Math.min(a.xyxy[3], b.xyxy[3]) <= Math.max(a.xyxy[1], b.xyxy[1]);
    if (isApart) return 0;
    const shared = sharedPixels(a.mask, b.mask);
    if (shared === 0) return 0;
    return shared / (truths.isCrowd[t] === 1 ? a.area : a.area + b.area - shared);
  };
}
