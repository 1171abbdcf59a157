/** Which proposals the second stage learns from, and what it is to say of them. Nothing here carries a gradient. */

import type { Tensor } from '../core/tensor.ts';
import { contextOf } from '../nn/module.ts';
import { type CodeWeights, encodedBoxes } from './box-codec.ts';
import { overlapTable } from './overlaps.ts';
import { NO_TRUTH } from './proposal-targets.ts';
import type { Proposals } from './proposals.ts';
import { rowsAt } from './rows.ts';

export interface SamplingOptions {
  /** Proposals of an image, at most. */
  readonly sampled: number;
  /** Share of them that have an object, at most. */
  readonly objectShare: number;
  /** How boxes are to be said. */
  readonly code: CodeWeights;
}

/** The proposals of each image that are learned from: those with an object first, then background, then nothing. */
export interface SampledProposals {
  /** xyxy [B,S,4]. */
  readonly boxes: Tensor;
  /** [B,S]: 1 for a proposal, 0 for a place that is left over. */
  readonly weights: Tensor;
  /** [B,S]: 1 where there is an object, else 0. */
  readonly areObjects: Tensor;
  /** int32 [B,S]: the truth with which each is compared. */
  readonly truths: Tensor;
  /** int32 [B,S]: class from 0, -1 for background. */
  readonly labels: Tensor;
  /** [B,S,4]: where the truth's box lies, of no meaning without an object. */
  readonly codes: Tensor;
}

const [OBJECT, BACKGROUND] = [4, 1]; // further apart than the random numbers that are added
const OVERLAP = 0.5; // with a truth, from which a proposal has an object

/**
 * Truths are proposals as well. Which ones are learned from is decided by fresh random numbers: the largest among those
 * with an object up to their share, then the largest among the others.
 * Shapes: truth boxes xyxy [B,T,4], truth labels int32 [B,T], -1 where there is none.
 * Source: Girshick 2015, https://arxiv.org/abs/1504.08083, section 2.3; counts as torchvision's
 * RoIHeads.select_training_samples.
 */
export function sampledProposals(
  proposals: Proposals,
  truthBoxes: Tensor,
  truthLabels: Tensor,
  { sampled, objectShare, code }: SamplingOptions,
): SampledProposals {
  const { graph } = truthBoxes;
  const boxes = proposals.boxes.concat([truthBoxes], 1);
  const [batch, count] = boxes.shape as [number, number];
  const truthsExist = truthLabels.greater(NO_TRUTH);
  const exist = proposals.exist.cast('float32').concat([truthsExist.cast('float32')], 1);

  const isTruth = truthsExist.reshape([batch, 1, truthLabels.shape[1]!]);
  const none = graph.scalar(-1, 'float32');
  const [best, match] = isTruth.where(overlapTable(boxes, truthBoxes), none).topK(1);
  const isBelow = graph
    .scalar(OVERLAP, 'float32')
    .greater(best.reshape([batch, count]))
    .cast('float32');
  const isObject = exist.mul(isBelow.neg().add(1));
  const isBackground = exist.mul(isBelow);

  // Keys from OBJECT for objects, from BACKGROUND for background, 0 for the rest: the largest ones are taken.
  const noise = contextOf(truthBoxes).noise([batch, count]);
  const objectKeys = isObject.mul(noise.add(OBJECT));
  const most = Math.min(Math.floor(sampled * objectShare), count);
  const last = objectKeys.topK(most)[0].slice([0, most - 1], [batch, most]);
  const isOver = last.greater(objectKeys).cast('float32').neg().add(1);
  const [keys, places] = objectKeys
    .mul(isOver)
    .add(isBackground.mul(noise.add(BACKGROUND)))
    .topK(Math.min(sampled, count));

  const truths = rowsAt(match.reshape([batch, count]), places);
  const own = rowsAt(boxes, places);
  const areObjects = keys.greater(OBJECT - 0.5).cast('float32');
  const isThere = areObjects.greater(0.5);
  const labels = isThere.where(rowsAt(truthLabels, truths), graph.scalar(NO_TRUTH, 'int32'));
  const mask = isThere.reshape([...labels.shape, 1]);
  const unit = graph.constant([0, 0, 1, 1], [1, 1, 4]); // in place of boxes that may have no area
  const codes = encodedBoxes(mask.where(rowsAt(truthBoxes, truths), unit), mask.where(own, unit), code);
  return { boxes: own, weights: keys.greater(0.5).cast('float32'), areObjects, truths, labels, codes };
}
