/** Objects in images: what is there, and what was found. Boxes are `x, y, width, height` in image pixels. */

import type { Mask } from '../../../native-models/geometry/mask.ts';

export interface Objects {
  /** Which image each lies in. Shapes: [N]. */
  readonly image: Int32Array;
  /** Shapes: [N]. */
  readonly class: Int32Array;
  /** Shapes: [N,4]. */
  readonly xywh: Float64Array;
  /** What an object is small or large by. Units: square pixels. Shapes: [N]. */
  readonly area: Float64Array;
  /** Null where boxes are all there is. */
  readonly masks: readonly Mask[] | null;
}

export interface Truths extends Objects {
  /** 1 where a region holds more objects than anybody counted. Shapes: [N]. */
  readonly isCrowd: Uint8Array;
}

export interface Detections extends Objects {
  /** Shapes: [N]. */
  readonly score: Float64Array;
}

/** Ties of scores are broken by the order of images, then by the order of detections. */
export interface DetectionSet {
  readonly images: number;
  readonly classes: number;
  readonly truths: Truths;
  readonly detections: Detections;
}

/** How far detection `d` and truth `t` of one image overlap, in [0, 1]. A crowd is overlapped by what lies inside it. */
export type Overlap = (d: number, t: number) => number;

/** Without the detections whose score is not above a threshold. */
export function aboveScore(set: DetectionSet, threshold: number): DetectionSet {
  const { image, class: classes, xywh, area, masks, score } = set.detections;
  const isKept = score.map((value) => (value > threshold ? 1 : 0));
  if (isKept.every((kept) => kept === 1)) return set;
  const ofKept = (_: unknown, d: number) => isKept[d] === 1;
  const detections = {
    image: image.filter(ofKept),
    class: classes.filter(ofKept),
    xywh: xywh.filter((_, i) => isKept[Math.floor(i / 4)] === 1),
    area: area.filter(ofKept),
    masks: masks?.filter(ofKept) ?? null,
    score: score.filter(ofKept),
  };
  return { ...set, detections };
}
