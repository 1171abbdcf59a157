/**
 * The second stage of a two-stage detector: what is in each proposal, where exactly, and which of its pixels it is.
 * Source: Girshick 2015, https://arxiv.org/abs/1504.08083; on a pyramid by Lin et al. 2016,
 * https://arxiv.org/abs/1612.03144, section 4.2. Parameter names and numbers are torchvision's; class 0 of the network
 * is the background, and the classes of everything outside it are counted from 0 without.
 */

import { assert } from '../core/assert.ts';
import type { Tensor } from '../core/tensor.ts';
import { best, type Candidates } from '../detection/best-detections.ts';
import { type CodeWeights, clippedBoxes, decodedBoxes } from '../detection/box-codec.ts';
import type { Detections, DetectionThresholds } from '../detection/detector.ts';
import type { SampledProposals } from '../detection/proposal-sampling.ts';
import { TRUTH_MASKS } from '../detection/proposal-targets.ts';
import { areLarge, type Proposals } from '../detection/proposals.ts';
import { binaryCrossEntropy } from '../losses/binary-cross-entropy.ts';
import { smoothL1 } from '../losses/smooth-l1.ts';
import { Linear } from '../nn/layers.ts';
import { type Layer, Network, run } from '../nn/module.ts';
import { pyramidLevels, roiAlign } from '../nn/roi-align.ts';
import { MASK_ROI_SIDE, MASK_SIDE, MaskPredictor, maskTargets, maskTower } from './mask-heads.ts';
import { BOX_BETA } from './region-proposals.ts';

const ROI_SIDE = 7;
const SCALES = [1 / 4, 1 / 8, 1 / 16, 1 / 32];
const LEAST_SIDE_PX = 1e-2;

/** Of proposals. */
export const PROPOSAL_CODE: CodeWeights = { centre: 10, size: 5 };

export interface RoiSizes {
  /** Of the pyramid's maps, and of what looks for masks. */
  readonly channels: number;
  /** Numbers by which a box is known. */
  readonly width: number;
}

/**
 * What the pyramid shows of each box.
 * Shapes: maps [B,C,Hl,Wl], at least four, boxes xyxy [B,R,4] -> [B*R,C,side,side].
 */
export function boxFeatures(maps: readonly Tensor[], boxes: Tensor, side: number): Tensor {
  const [batch, count] = boxes.shape as [number, number];
  const flat = boxes.reshape([batch * count, 4]);
  const images = boxes.graph.constant(
    Array.from({ length: batch * count }, (_, i) => Math.floor(i / count)),
    [batch * count],
    'int32',
  );
  const levels = pyramidLevels(flat, 2, 5);
  const options = { size: [side, side], samplingRatio: 2, scales: SCALES } as const;
  return roiAlign(maps.slice(0, SCALES.length), flat, images, levels, options);
}

class TwoLayers extends Network {
  readonly fc6: Linear;
  readonly fc7: Linear;

  constructor({ channels, width }: RoiSizes) {
    super();
    this.fc6 = new Linear(channels * ROI_SIDE ** 2, width);
    this.fc7 = new Linear(width, width);
  }
}

class Predictor extends Network {
  readonly cls_score: Linear;
  readonly bbox_pred: Linear;

  constructor(width: number, classes: number) {
    super();
    this.cls_score = new Linear(width, classes);
    this.bbox_pred = new Linear(width, 4 * classes);
  }
}

/** What is said of proposals. */
export interface BoxOutput {
  /** [B,R,classes + 1]: the background first. */
  readonly logits: Tensor;
  /** [B,R,classes + 1,4]. */
  readonly codes: Tensor;
}

export class RoiHeads extends Network {
  readonly box_head: TwoLayers;
  readonly box_predictor: Predictor;
  readonly mask_head: Layer;
  readonly mask_predictor: MaskPredictor | null;
  private readonly classes: number;
  private readonly channels: number;

  constructor(classes: number, { masks, ...sizes }: RoiSizes & { readonly masks: boolean }) {
    super();
    const { channels, width } = sizes;
    this.box_head = new TwoLayers(sizes);
    this.box_predictor = new Predictor(width, classes + 1);
    this.mask_head = masks ? maskTower(channels) : null;
    this.mask_predictor = masks ? new MaskPredictor(channels, classes + 1) : null;
    this.classes = classes;
    this.channels = channels;
  }

  /** Shapes: maps [B,C,Hl,Wl], boxes xyxy [B,R,4]. */
  outputs(maps: readonly Tensor[], boxes: Tensor): BoxOutput {
    const [batch, count] = boxes.shape as [number, number];
    const features = boxFeatures(maps, boxes, ROI_SIDE).reshape([batch * count, this.channels * ROI_SIDE ** 2]);
    const seen = this.box_head.fc7.call(this.box_head.fc6.call(features).relu()).relu();
    const known = this.classes + 1;
    return {
      logits: this.box_predictor.cls_score.call(seen).reshape([batch, count, known]),
      codes: this.box_predictor.bbox_pred.call(seen).reshape([batch, count, known, 4]),
    };
  }

  /**
   * Over the sampled proposals of all images: `loss_classifier`, the mean cross-entropy, and `loss_box_reg`, the distance
   * of the boxes of those with an object, as their class says them, divided by the number of all.
   */
  losses({ logits, codes }: BoxOutput, sampled: SampledProposals): [string, Tensor][] {
    const { weights, areObjects } = sampled;
    const [batch, count, known] = logits.shape as [number, number, number];
    const truth = sampled.labels.add(1).oneHot(known);
    const total = weights.sum([0, 1]).maximum(1);
    const perProposal = logits.logSoftmax(2).mul(truth).sum([2]).neg();
    const own = codes.mul(truth.reshape([batch, count, known, 1])).sum([2]);
    const distance = smoothL1(own, sampled.codes, BOX_BETA).sum([2]);
    return [
      ['loss_classifier', perProposal.mul(weights).sum([0, 1]).div(total)],
      ['loss_box_reg', distance.mul(areObjects).sum([0, 1]).div(total)],
    ];
  }

  /** Each proposal may be an object of every class; of each class overlapping ones are dropped by themselves. */
  detections(
    { logits, codes }: BoxOutput,
    { boxes, exist }: Proposals,
    sizes: Tensor,
    { score, overlap, most }: DetectionThresholds,
  ): Detections {
    const { classes } = this;
    const [batch, count] = boxes.shape as [number, number];
    const objects = codes.slice([0, 0, 1, 0], codes.shape);
    const decoded = decodedBoxes(objects, boxes.reshape([batch, count, 1, 4]), PROPOSAL_CODE);
    const all = decoded.transpose([0, 2, 1, 3]).reshape([batch, classes * count, 4]);
    const clipped = clippedBoxes(all, sizes);
    const isThere = exist.cast('float32').reshape([batch, 1, count]);
    const probabilities = logits.softmax(2).slice([0, 0, 1], logits.shape).transpose([0, 2, 1]);
    const scores = probabilities.mul(isThere).mul(areLarge(clipped, LEAST_SIDE_PX).reshape([batch, classes, count]));
    const kept = clipped
      .reshape([batch * classes, count, 4])
      .nonMaxSuppression(scores.reshape([batch * classes, 1, count]), { iouThreshold: overlap, scoreThreshold: score });
    const candidates: Candidates = {
      boxes: clipped,
      scores: scores.mul(kept.reshape(scores.shape)).reshape([batch, classes * count]),
      labels: boxes.graph.constant(
        Array.from({ length: batch * classes * count }, (_, i) => Math.floor(i / count) % classes),
        [batch, classes * count],
        'int32',
      ),
    };
    return best(candidates, most);
  }

  /**
   * How much of a mask each pixel of each box is, for its class; before the sigmoid.
   * Shapes: maps as above, boxes xyxy [B,R,4], labels int32 [B,R], from 0 -> [B,R,28,28].
   */
  masks(maps: readonly Tensor[], boxes: Tensor, labels: Tensor): Tensor {
    assert(this.mask_predictor !== null, 'masks: this network was built without');
    const [batch, count] = labels.shape as [number, number];
    const seen = run(this.mask_head, boxFeatures(maps, boxes, MASK_ROI_SIDE));
    const logits = this.mask_predictor.call(seen);
    const known = this.classes + 1;
    const own = labels
      .add(1)
      .oneHot(known)
      .reshape([batch * count, known, 1, 1]);
    return logits.mul(own).sum([1]).reshape([batch, count, MASK_SIDE, MASK_SIDE]);
  }

  /**
   * `loss_mask`: over the boxes with an object, the mean cross-entropy of their pixels; 0 where there is none.
   * Shapes: sampled as of `sampledProposals`, of which the first `most` hold all objects; fed as by `ProposalTargets`.
   */
  maskLoss(
    maps: readonly Tensor[],
    sampled: SampledProposals,
    fed: ReadonlyMap<string, Tensor>,
    most: number,
  ): [string, Tensor] {
    const first = (x: Tensor) =>
      x.slice(
        x.shape.map(() => 0),
        x.shape.with(1, most),
      );
    const [boxes, areObjects] = [first(sampled.boxes), first(sampled.areObjects)];
    const truth = maskTargets(fed.get(TRUTH_MASKS)!, fed.get('truth_frames')!, boxes, first(sampled.truths));
    const logits = this.masks(maps, boxes, first(sampled.labels));
    const perBox = binaryCrossEntropy(logits, truth, { reduction: 'none' }).mean([2, 3]);
    return [
      'loss_mask',
      perBox
        .mul(areObjects)
        .sum([0, 1])
        .div(areObjects.sum([0, 1]).maximum(1)),
    ];
  }
}
