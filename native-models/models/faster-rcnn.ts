/**
 * Faster R-CNN on a feature pyramid: boxes that may hold an object are proposed, then looked at one by one.
 * Source: Ren et al. 2015, https://arxiv.org/abs/1506.01497; Lin et al. 2016, https://arxiv.org/abs/1612.03144. Parameter
 * names and numbers are those of torchvision's `fasterrcnn_resnet50_fpn`, so its checkpoints load.
 */

import type { Tensor } from '../core/tensor.ts';
import {
  canvasOf,
  type Detections,
  type DetectionThresholds,
  type Detector,
  type ImageBatch,
} from '../detection/detector.ts';
import { sampledProposals } from '../detection/proposal-sampling.ts';
import { ProposalTargets } from '../detection/proposal-targets.ts';
import { type ProposalLimits, type Proposals, proposalsOf } from '../detection/proposals.ts';
import type { Size } from '../geometry/box.ts';
import { Network } from '../nn/module.ts';
import { BoxHeads, PROPOSAL_CODE } from './box-heads.ts';
import { proposalAnchors, RegionProposals } from './region-proposals.ts';
import type { ResNetName } from './resnet.ts';
import { type PyramidOptions, ResNetPyramid } from './resnet-pyramid.ts';

/** How many boxes of an image each part looks at. */
export interface RcnnLimits {
  /** Anchors that the first stage learns from at a step. */
  readonly sampledAnchors: number;
  /** Proposals that the second stage learns from at a step. */
  readonly sampledProposals: number;
  readonly training: ProposalLimits;
  readonly evaluation: ProposalLimits;
}

/** Source: torchvision. */
export const RCNN_LIMITS: RcnnLimits = {
  sampledAnchors: 256,
  sampledProposals: 512,
  training: { before: 2000, after: 2000 },
  evaluation: { before: 1000, after: 1000 },
};

export const OBJECT_SHARE = 0.25; // of the proposals that are learned from, at most

export interface FasterRcnnOptions extends PyramidOptions {
  readonly backbone: ResNetName;
  readonly classes: number;
  /** Objects of a training image, at most. */
  readonly mostTruths: number;
  readonly limits?: RcnnLimits;
}

export class FasterRcnn extends Network implements Detector {
  readonly backbone: ResNetPyramid;
  readonly rpn = new RegionProposals();
  readonly roi_heads: BoxHeads;
  private readonly mostTruths: number;
  private readonly limits: RcnnLimits;

  constructor({ backbone, classes, mostTruths, limits = RCNN_LIMITS, ...options }: FasterRcnnOptions) {
    super();
    this.backbone = new ResNetPyramid(backbone, 'thinned', options);
    this.roi_heads = new BoxHeads(classes);
    this.mostTruths = mostTruths;
    this.limits = limits;
  }

  targets(canvas: Size): ProposalTargets {
    const { mostTruths } = this;
    const sampled = this.limits.sampledAnchors;
    return new ProposalTargets({ canvas, anchors: proposalAnchors(canvas), sampled, mostTruths });
  }

  /** `loss_classifier`, `loss_box_reg`, `loss_objectness`, `loss_rpn_box_reg`. Draws one random number per proposal. */
  losses(batch: ImageBatch, fed: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
    const maps = this.backbone.maps(batch.images);
    const first = this.rpn.maps(maps, canvasOf(batch));
    const proposals = proposalsOf(first, batch.sizes, this.limits.training);
    const sampled = sampledProposals(proposals, fed.get('truth_boxes')!, fed.get('truth_labels')!, {
      sampled: this.limits.sampledProposals,
      objectShare: OBJECT_SHARE,
      code: PROPOSAL_CODE,
    });
    const second = this.roi_heads.outputs(maps, sampled.boxes);
    return new Map([...this.roi_heads.losses(second, sampled), ...this.rpn.losses(first, fed)]);
  }

  detections(batch: ImageBatch, thresholds: DetectionThresholds): Detections {
    const { maps, proposals } = this.proposed(batch);
    const second = this.roi_heads.outputs(maps, proposals.boxes);
    return this.roi_heads.detections(second, proposals, batch.sizes, thresholds);
  }

  /**
   * `proposals` xyxy [B,P,4], best first, `class_logits` [B,P,classes + 1], the background first, and `box_regression`
   * [B,P,classes + 1,4], relative to the proposals.
   */
  raw(batch: ImageBatch): Map<string, Tensor> {
    const { maps, proposals } = this.proposed(batch);
    const { logits, codes } = this.roi_heads.outputs(maps, proposals.boxes);
    return new Map([
      ['proposals', proposals.boxes],
      ['class_logits', logits],
      ['box_regression', codes],
    ]);
  }

  private proposed(batch: ImageBatch): { readonly maps: Tensor[]; readonly proposals: Proposals } {
    const maps = this.backbone.maps(batch.images);
    const first = this.rpn.maps(maps, canvasOf(batch));
    return { maps, proposals: proposalsOf(first, batch.sizes, this.limits.evaluation) };
  }
}
