/** What every detector is called with and answers, whatever is inside. */

import type { Tensor } from '../core/tensor.ts';
import type { Size } from '../geometry/box.ts';
import type { Network } from '../nn/module.ts';
import type { Targets } from './truth.ts';

/** A batch of images on their canvases. */
export interface ImageBatch {
  /** [B,3,H,W], normalised, 0 beside the images. */
  readonly images: Tensor;
  /** [B,2]: width and height of each image on its canvas, in pixels. */
  readonly sizes: Tensor;
}

export const canvasOf = ({ images: { shape } }: ImageBatch): Size => ({ width: shape[3]!, height: shape[2]! });

/** What is kept of what a detector sees. */
export interface DetectionThresholds {
  /** Detections have a score above it. */
  readonly score: number;
  /** Of detections of one class that overlap by more, the best is kept. */
  readonly overlap: number;
  /** Detections an image at most, over all classes. */
  readonly most: number;
}

/** The best detections of each image, falling by score; places that are left over have score 0. */
export interface Detections {
  /** xyxy [B,D,4], in canvas pixels. */
  readonly boxes: Tensor;
  /** [B,D]. */
  readonly scores: Tensor;
  /** Classes from 0, int32 [B,D]. */
  readonly labels: Tensor;
  /** int32 [B]: how many of D there are. */
  readonly counts: Tensor;
  /** Of detectors of masks, [B,D,28,28]: how much each part of the box belongs to the object, in [0,1]. */
  readonly masks?: Tensor;
}

export interface Detector extends Network {
  /** How truth becomes what `losses` takes, on canvases of one size. */
  targets(canvas: Size): Targets;
  /** Parts of the loss by name, [] each; their sum is what a step makes smaller. `fed`: inputs of `targets`, by name. */
  losses(batch: ImageBatch, fed: ReadonlyMap<string, Tensor>): Map<string, Tensor>;
  detections(batch: ImageBatch, thresholds: DetectionThresholds): Detections;
  /** What the network itself says, before any box is made of it, by name. */
  raw(batch: ImageBatch): Map<string, Tensor>;
}
