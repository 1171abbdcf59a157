/** What one-stage detectors say, in image pixels and probabilities. */

import type { Tensor } from '../core/tensor.ts';
import { bestDetections } from './best-detections.ts';
import { type Candidates, PLACE } from './candidates.ts';
import type { Detections, DetectionThresholds } from './detector.ts';

/** `anchors`: sizes are multiples of an anchor's; `free`: exponentials of a stride. */
export type BoxForm = 'anchors' | 'free';

/**
 * Boxes of candidates.
 * Shapes: raw [...,4], places [...,PLACE] -> cxcywh [...,4], image pixels.
 * Source: anchors: centre (2 sigmoid(x) - 0.5 + cell) * stride, sides (2 sigmoid(w))^2 * anchor, as published for the
 * `yolov5` family, so that cells beside the centre's reach it; free: (x + cell) * stride and exp(w) * stride, Ge et al.
 * 2021, https://arxiv.org/abs/2107.08430, section 2.
 */
export function decodeBoxes(raw: Tensor, places: Tensor, form: BoxForm): Tensor {
  const [corner, stride, sides] = places.split([2, 1, 2], -1) as [Tensor, Tensor, Tensor];
  const squashed = form === 'anchors' ? raw.sigmoid().mul(2) : raw;
  const [centre, size] = squashed.split([2, 2], -1) as [Tensor, Tensor];
  const along = form === 'anchors' ? centre.sub(0.5) : centre;
  const scale = form === 'anchors' ? size.mul(size) : size.exp();
  return along
    .mul(stride)
    .add(corner)
    .concat([scale.mul(sides)], -1);
}

/** Shapes: cxcywh [...,4] -> xyxy [...,4]. */
export function cornersOf(boxes: Tensor): Tensor {
  const [centre, size] = boxes.split([2, 2], -1) as [Tensor, Tensor];
  const half = size.mul(0.5);
  return centre.sub(half).concat([centre.add(half)], -1);
}

/** The places as a constant that broadcasts over pictures. Shapes: -> [1,candidates,PLACE]. */
export const placesOf = (raw: Tensor, { places, count }: Candidates): Tensor =>
  raw.graph.constant(places, [1, count, PLACE]);

/**
 * Everything a model says.
 * Shapes: raw [N,candidates,5+K] -> the same: centre, width, height in image pixels, then probabilities of an object and,
 * where there is one, of each class.
 */
export function decodeAll(raw: Tensor, candidates: Candidates, form: BoxForm): Tensor {
  const [boxes, scores] = raw.split([4, raw.shape.at(-1)! - 4], -1) as [Tensor, Tensor];
  return decodeBoxes(boxes, placesOf(raw, candidates), form).concat([scores.sigmoid()], -1);
}

/**
 * The best detections of each image, by its candidates' best classes.
 * Shapes: said [B,candidates,5+K], as `decodeAll` gives it.
 * Source: product specification, section 18.4: a candidate counts where the probability of an object is above the
 * threshold, and so is its product with that of the class.
 */
export function detectionsOf(said: Tensor, thresholds: DetectionThresholds): Detections {
  const [images, count, numbers] = said.shape as [number, number, number];
  const classes = numbers - 5;
  const [boxes, objects, chances] = said.split([4, 1, classes], 2) as [Tensor, Tensor, Tensor];
  const [best, labels] = chances.topK(1);
  const isObject = objects.greater(thresholds.score).cast('float32');
  const scores = objects.mul(best).mul(isObject).reshape([images, count]);
  const candidates = { boxes: cornersOf(boxes), scores, labels: labels.reshape([images, count]) };
  return bestDetections(candidates, classes, thresholds);
}
