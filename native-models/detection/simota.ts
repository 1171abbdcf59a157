/**
 * SimOTA: which candidates learn which box, by what the detector says of them now. It depends on predictions, so it is
 * in the graph, in one shape whatever the pictures hold; no derivative goes through it.
 *
 * Of the candidates near a box's centre, the k of least cost answer for it, k being how many boxes' worth of overlap its
 * ten best predictions add up to; a candidate that several boxes want goes to the one it costs least.
 * Source: Ge et al. 2021, https://arxiv.org/abs/2107.08430, section 2, "SimOTA", with the constants of its authors. Their
 * code takes candidates within the box as well, at a higher cost, and gives a disputed candidate to the box it costs least
 * among all boxes; here only boxes that want it count.
 */

import type { Tensor } from '../core/tensor.ts';
import { columnSides, overlapTable } from './overlaps.ts';

/** Cells from the centre of a box within which candidates are considered. */
const RADIUS = 2.5;
/** Predictions whose overlap says how many candidates a box gets, and the most it gets. */
const BEST = 10;
/** Of the overlap in the cost, beside the class. */
const OVERLAP_SHARE = 3;
/** More than any cost. */
const FAR = 1e6;
const TINY = 1e-8;
/** Probabilities are held away from 0 and 1 by as much as float32 can tell. */
const EDGE = 1e-7;

export interface Assigned {
  /** Of each candidate. Shapes: [N,C], 1 where it answers for a box. */
  readonly isTaken: Tensor;
  /** Shapes: xyxy [N,C,4], zeros where it answers for none. */
  readonly boxes: Tensor;
  /** Shapes: [N,C,K]: the overlap of prediction and box at the box's class. */
  readonly classes: Tensor;
}

export interface Said {
  /** Shapes: xyxy [N,C,4], image pixels. */
  readonly boxes: Tensor;
  /** Logits. Shapes: [N,C,1]. */
  readonly objects: Tensor;
  /** Logits. Shapes: [N,C,K]. */
  readonly classes: Tensor;
  /** Centres of the candidates' cells, and their strides. Shapes: [1,1,C] each. */
  readonly cells: { readonly x: Tensor; readonly y: Tensor; readonly stride: Tensor };
}

/** Shapes: boxes xyxy [N,G,4] in image pixels, classes int32 [N,G], below 0 where a row stands for nothing. */
export interface TruthTensors {
  readonly boxes: Tensor;
  readonly classes: Tensor;
}

export function assignSimota(said: Said, truth: TruthTensors): Assigned {
  const boxes = said.boxes.stopGradient();
  const [images, candidates] = boxes.shape as [number, number];
  const kinds = said.classes.shape[2]!;
  const slots = truth.boxes.shape[1]!;
  const isClass = truth.classes.oneHot(kinds);

  const near = isNear(said, truth.boxes).mul(isClass.sum([2]).reshape([images, slots, 1]));
  const overlap = overlapTable(truth.boxes, boxes, TINY).mul(near);
  const cost = classCost(said, isClass).sub(overlap.add(TINY).log().mul(OVERLAP_SHARE));
  const open = cost.add(near.neg().add(1).mul(FAR));

  const wanted = atMost(open, limitOf(open, overlap)).mul(near);
  const [least] = wanted.greater(0).where(open, open.graph.scalar(FAR, 'float32')).neg().transpose([0, 2, 1]).topK(1);
  const isBest = atMost(open, least!.neg().transpose([0, 2, 1])).mul(wanted);
  // Equal boxes want a candidate equally: it learns their mean.
  const count = isBest.sum([1], true);
  const share = isBest.div(count.maximum(1));

  const taken = share.transpose([0, 2, 1]);
  const reached = share.mul(overlap).transpose([0, 2, 1]);
  return {
    isTaken: count.minimum(1).reshape([images, candidates]),
    boxes: taken.matmul(truth.boxes),
    classes: reached.matmul(isClass),
  };
}

/** 1 where the first is at most the second. */
const atMost = (a: Tensor, b: Tensor): Tensor => a.greater(b).cast('float32').neg().add(1);

/** Shapes: boxes [N,G,4] -> [N,G,C]. */
function isNear({ cells }: Said, boxes: Tensor): Tensor {
  const [left, top, right, bottom] = columnSides(boxes);
  const within = (cell: Tensor, from: Tensor, to: Tensor) => {
    const away = cell.sub(from.add(to).mul(0.5)).abs();
    return cells.stride.mul(RADIUS).greater(away).cast('float32');
  };
  return within(cells.x, left, right).mul(within(cells.y, top, bottom));
}

/**
 * Binary cross-entropy of the probability of an object of a class, its root taken, with a box's class, for all pairs.
 * Shapes: isClass [N,G,K] -> [N,G,C].
 */
function classCost({ objects, classes }: Said, isClass: Tensor): Tensor {
  const probability = classes
    .sigmoid()
    .mul(objects.sigmoid())
    .sqrt()
    .stopGradient()
    .clip(EDGE, 1 - EDGE);
  const absent = probability.neg().add(1).log();
  const gain = absent.sub(probability.log());
  const none = absent.neg().sum([2]);
  const [images, candidates] = none.shape as [number, number];
  return isClass.matmul(gain, { transposeB: true }).add(none.reshape([images, 1, candidates]));
}

/** The cost of the last candidate that a box gets. Shapes: [N,G,C], [N,G,C] -> [N,G,1]. */
function limitOf(cost: Tensor, overlap: Tensor): Tensor {
  const best = Math.min(BEST, cost.shape[2]!);
  const [overlaps] = overlap.topK(best);
  const last = overlaps.sum([2]).floor().clip(1, best).sub(1);
  const [costs] = cost.neg().topK(best);
  const isLast = last.cast('int32').oneHot(best);
  return costs.neg().mul(isLast).sum([2], true);
}
