import type { Tensor } from '../core/tensor.ts';
import type { Detections, DetectionThresholds } from './detector.ts';
import { rowsAt } from './rows.ts';

/** Boxes with what they are taken for, before overlapping ones are dropped. */
export interface Candidates {
  /** xyxy [B,R,4]. */
  readonly boxes: Tensor;
  /** [B,R]; those at 0 or below the score threshold do not exist. */
  readonly scores: Tensor;
  /** int32 [B,R], each within [0,classes). */
  readonly labels: Tensor;
}

/** Drops overlapping boxes of one class, keeps the best over all classes. Places that are left over have score 0. */
export function bestDetections(
  { boxes, scores, labels }: Candidates,
  classes: number,
  { score, overlap, most }: DetectionThresholds,
): Detections {
  const [batch, count] = scores.shape as [number, number];
  const byClass = labels
    .oneHot(classes)
    .transpose([0, 2, 1])
    .mul(scores.reshape([batch, 1, count]));
  const kept = boxes.nonMaxSuppression(byClass, { iouThreshold: overlap, scoreThreshold: score }).sum([1]);
  return best({ boxes, scores: scores.mul(kept), labels }, most);
}

/** The `most` best of candidates, or all where they are fewer. */
export function best({ boxes, scores, labels }: Candidates, most: number): Detections {
  const [values, places] = scores.topK(Math.min(most, scores.shape[1]!));
  return {
    boxes: rowsAt(boxes, places),
    scores: values,
    labels: rowsAt(labels, places),
    counts: values.greater(0).cast('float32').sum([1]).cast('int32'),
  };
}
