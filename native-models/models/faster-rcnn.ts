/**
 * Faster R-CNN on a feature pyramid: boxes that may hold an object are proposed, then looked at one by one. With masks it
 * is Mask R-CNN.
 * Source: Ren et al. 2015, https://arxiv.org/abs/1506.01497; Lin et al. 2016, https://arxiv.org/abs/1612.03144;
 * He et al. 2017, https://arxiv.org/abs/1703.06870. Parameter names and numbers are those of torchvision's
 * `fasterrcnn_resnet50_fpn` and `maskrcnn_resnet50_fpn`, so their checkpoints load.
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
import { MobileNetPyramid } from './mobilenet-pyramid.ts';
import type { MobileNetV2Options } from './mobilenetv2.ts';
import { proposalAnchors, RegionProposals } from './region-proposals.ts';
import type { ResNetName } from './resnet.ts';
import { type PyramidOptions, ResNetPyramid } from './resnet-pyramid.ts';
import { PROPOSAL_CODE, RoiHeads, type RoiSizes } from './roi-heads.ts';

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

/** Source: torchvision. */
const ROI_SIZES: RoiSizes = { channels: 256, width: 1024 };

/** For processors: a quarter of the work in each part that looks at boxes. */
export const LIGHT_LIMITS: RcnnLimits = {
  sampledAnchors: 256,
  sampledProposals: 128,
  training: { before: 1000, after: 500 },
  evaluation: { before: 500, after: 300 },
};
const LIGHT_SIZES: RoiSizes = { channels: 128, width: 512 };

export const OBJECT_SHARE = 0.25; // of the proposals that are learned from, at most

export interface FasterRcnnOptions extends PyramidOptions {
  readonly backbone: ResNetName | 'mobilenetv2';
  /** Of MobileNetV2. */
  readonly stridedPadding?: MobileNetV2Options['stridedPadding'];
  readonly classes: number;
  /** Whether objects have masks. */
  readonly masks: boolean;
  /** Objects of a training image, at most. */
  readonly mostTruths: number;
  readonly limits?: RcnnLimits;
}

export class FasterRcnn extends Network implements Detector {
  readonly backbone: ResNetPyramid | MobileNetPyramid;
  readonly rpn: RegionProposals;
  readonly roi_heads: RoiHeads;
  private readonly masks: boolean;
  private readonly mostTruths: number;
  private readonly limits: RcnnLimits;

  constructor({ backbone, stridedPadding, classes, masks, mostTruths, limits, norm }: FasterRcnnOptions) {
    super();
    const isLight = backbone === 'mobilenetv2';
    const sizes = isLight ? LIGHT_SIZES : ROI_SIZES;
    this.backbone = isLight
      ? new MobileNetPyramid(sizes.channels, { norm, ...(stridedPadding ? { stridedPadding } : {}) })
      : new ResNetPyramid(backbone, 'thinned', { norm });
    this.rpn = new RegionProposals(sizes.channels);
    this.roi_heads = new RoiHeads(classes, { masks, ...sizes });
    this.masks = masks;
    this.mostTruths = mostTruths;
    this.limits = limits ?? (isLight ? LIGHT_LIMITS : RCNN_LIMITS);
  }

  targets(canvas: Size): ProposalTargets {
    const { mostTruths, masks } = this;
    const sampled = this.limits.sampledAnchors;
    return new ProposalTargets({ canvas, anchors: proposalAnchors(canvas), sampled, mostTruths, masks });
  }

  /**
   * `loss_classifier`, `loss_box_reg`, `loss_objectness`, `loss_rpn_box_reg`, and with masks `loss_mask`. Draws a random
   * number for each proposal and truth.
   */
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
    const losses = [...this.roi_heads.losses(second, sampled), ...this.rpn.losses(first, fed)];
    if (!this.masks) return new Map(losses);
    const most = Math.floor(this.limits.sampledProposals * OBJECT_SHARE);
    return new Map([...losses, this.roi_heads.maskLoss(maps, sampled, fed, most)]);
  }

  detections(batch: ImageBatch, thresholds: DetectionThresholds): Detections {
    const { maps, proposals } = this.proposed(batch);
    const second = this.roi_heads.outputs(maps, proposals.boxes);
    const found = this.roi_heads.detections(second, proposals, batch.sizes, thresholds);
    if (!this.masks) return found;
    return { ...found, masks: this.roi_heads.masks(maps, found.boxes, found.labels).sigmoid() };
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
