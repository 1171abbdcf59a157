/** From the answers of a proposal network to boxes worth a second look. Nothing here carries a gradient. */

import type { Tensor } from '../core/tensor.ts';
import { ANCHOR_CODE, clippedBoxes, decodedBoxes } from './box-codec.ts';
import { rowsAt } from './rows.ts';

/** What a proposal network says of one map. */
export interface ProposalOutput {
  /** [B,A]. */
  readonly logits: Tensor;
  /** [B,A,4]. */
  readonly codes: Tensor;
  /** xyxy [A,4], flat. */
  readonly anchors: Float32Array;
}

export interface ProposalLimits {
  /** Best anchors of each map before overlapping ones are dropped. */
  readonly before: number;
  /** Proposals of an image after that. */
  readonly after: number;
}

/** Boxes of each image, best first. */
export interface Proposals {
  /** xyxy [B,P,4]. */
  readonly boxes: Tensor;
  /** bool [B,P]: false for places that are left over. */
  readonly exist: Tensor;
}

const OVERLAP = 0.7; // of proposals of one map, from which the worse one is dropped
const LEAST_SIDE_PX = 1e-3;
const DROPPED = -1; // a score no proposal has

/**
 * Source: Ren et al. 2015, https://arxiv.org/abs/1506.01497, section 3.3; by map as torchvision's
 * RegionProposalNetwork.filter_proposals.
 */
export function proposalsOf(
  maps: readonly ProposalOutput[],
  sizes: Tensor,
  { before, after }: ProposalLimits,
): Proposals {
  const perMap = maps.map((map) => ofMap(map, sizes, before));
  const joined = (part: 'boxes' | 'scores') => {
    const [first, ...others] = perMap.map((found) => found[part]);
    return first!.concat(others, 1);
  };
  const scores = joined('scores');
  const [best, places] = scores.topK(Math.min(after, scores.shape[1]!));
  return { boxes: rowsAt(joined('boxes'), places), exist: best.greater(DROPPED / 2) };
}

/** The proposals of one map; dropped ones keep their place and score -1. */
function ofMap({ logits, codes, anchors }: ProposalOutput, sizes: Tensor, before: number) {
  const [batch, count] = logits.shape as [number, number];
  const [best, places] = logits.stopGradient().topK(Math.min(before, count));
  const references = logits.graph.constant(anchors, [count, 4]).gather(places, 0);
  const decoded = decodedBoxes(rowsAt(codes.stopGradient(), places), references, ANCHOR_CODE);
  const boxes = clippedBoxes(decoded, sizes);
  const dropped = logits.graph.scalar(DROPPED, 'float32');
  const scores = areLarge(boxes, LEAST_SIDE_PX).greater(0.5).where(best.sigmoid(), dropped);
  const kept = boxes
    .nonMaxSuppression(scores.reshape([batch, 1, best.shape[1]!]), {
      iouThreshold: OVERLAP,
      scoreThreshold: DROPPED / 2,
    })
    .reshape(scores.shape);
  return { boxes, scores: kept.greater(0.5).where(scores, dropped) };
}

/** 1 where both sides are at least that long, else 0. Shapes: boxes xyxy [...,4] -> [...]. */
export function areLarge(boxes: Tensor, leastSidePx: number): Tensor {
  const [low, high] = boxes.split([2, 2], -1) as [Tensor, Tensor];
  const [across, down] = high.sub(low).split([1, 1], -1) as [Tensor, Tensor];
  const shorter = across.minimum(down).reshape(boxes.shape.slice(0, -1));
  return boxes.graph.scalar(leastSidePx, 'float32').greater(shorter).cast('float32').neg().add(1);
}
