/**
 * RetinaNet: class and box of every anchor from a pyramid of maps, in one go.
 * Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002. Parameter names and numbers are those of torchvision's
 * `retinanet_resnet50_fpn`, so its checkpoints load; classes are counted from 0, and none of them is the background.
 */

import type { Tensor } from '../core/tensor.ts';
import { AnchorTargets, RETINA_THRESHOLDS } from '../detection/anchor-targets.ts';
import { type AnchorShapes, anchorsOf, anchorsPerPixel } from '../detection/anchors.ts';
import { bestDetections } from '../detection/best-detections.ts';
import { ANCHOR_CODE, clippedBoxes, decodedBoxes } from '../detection/box-codec.ts';
import { pyramidSizes } from '../detection/canvas.ts';
import {
  canvasOf,
  type Detections,
  type DetectionThresholds,
  type Detector,
  type ImageBatch,
} from '../detection/detector.ts';
import { dividedBy, rowsAt } from '../detection/rows.ts';
import type { Size } from '../geometry/box.ts';
import { focalLoss } from '../losses/focal.ts';
import { PYRAMID_CHANNELS } from '../nn/feature-pyramid.ts';
import type { Init } from '../nn/init.ts';
import { Conv2d } from '../nn/layers.ts';
import { type Layer, Network, run } from '../nn/module.ts';
import { type PyramidOptions, ResNetPyramid } from './resnet-pyramid.ts';

const LOWEST_LEVEL = 3; // maps at 1/8 to 1/128 of the canvas
const LEVELS = 5;
const SMALLEST_ANCHOR_PX = 32; // on the finest map; each coarser one has them twice as large

/** Three sizes an octave, as whole pixels, of three shapes. */
const SHAPES: readonly AnchorShapes[] = Array.from({ length: LEVELS }, (_, level) => {
  const size = SMALLEST_ANCHOR_PX * 2 ** level;
  return { sizesPx: [0, 1, 2].map((third) => Math.trunc(size * 2 ** (third / 3))), aspectRatios: [0.5, 1, 2] };
});

const PER_PIXEL = anchorsPerPixel(SHAPES[0]!);
/** Best scores of each map from which detections are made. Source: section 4, "Inference". */
const MOST_CANDIDATES = 1000;
/** What an untrained network holds of every class, so that the many negatives do not swamp it. Source: section 3.3. */
const PRIOR_PROBABILITY = 0.01;
const WEIGHT: Init = { kind: 'normal', deviation: 0.01 };

const conv = (outputs: number, bias = 0): Conv2d =>
  new Conv2d(PYRAMID_CHANNELS, outputs, 3, {
    padding: 1,
    init: WEIGHT,
    biasInit: { kind: 'constant', value: bias },
  });

const tower = (): Layer => Array.from({ length: 4 }, () => [conv(PYRAMID_CHANNELS), (x: Tensor) => x.relu()]);

class ClassificationHead extends Network {
  readonly conv = tower();
  readonly cls_logits: Conv2d;

  constructor(classes: number) {
    super();
    this.cls_logits = conv(PER_PIXEL * classes, -Math.log((1 - PRIOR_PROBABILITY) / PRIOR_PROBABILITY));
  }

  call(map: Tensor): Tensor {
    return perAnchor(this.cls_logits.call(run(this.conv, map)));
  }
}

class RegressionHead extends Network {
  readonly conv = tower();
  readonly bbox_reg = conv(PER_PIXEL * 4);

  call(map: Tensor): Tensor {
    return perAnchor(this.bbox_reg.call(run(this.conv, map)));
  }
}

/** Shapes: [N,9*K,H,W] -> [N,H*W*9,K]. */
function perAnchor(map: Tensor): Tensor {
  const [n, channels, h, w] = map.shape as [number, number, number, number];
  return map.transpose([0, 2, 3, 1]).reshape([n, h * w * PER_PIXEL, channels / PER_PIXEL]);
}

class Head extends Network {
  readonly classification_head: ClassificationHead;
  readonly regression_head = new RegressionHead();

  constructor(classes: number) {
    super();
    this.classification_head = new ClassificationHead(classes);
  }
}

export interface RetinaNetOptions extends PyramidOptions {
  readonly classes: number;
}

/** One map's answers. */
interface LevelOutput {
  /** [B,Al,classes]. */
  readonly logits: Tensor;
  /** [B,Al,4]. */
  readonly codes: Tensor;
}

export class RetinaNet extends Network implements Detector {
  readonly backbone: ResNetPyramid;
  readonly head: Head;
  private readonly classes: number;

  constructor({ classes, ...options }: RetinaNetOptions) {
    super();
    this.backbone = new ResNetPyramid('resnet50', 'convolved', options);
    this.head = new Head(classes);
    this.classes = classes;
  }

  targets(canvas: Size): AnchorTargets {
    return new AnchorTargets(canvas, anchorsOf(canvas, mapsOf(canvas), SHAPES), RETINA_THRESHOLDS);
  }

  /**
   * `classification`: focal loss summed over all anchors but those left out, `bbox_regression`: absolute difference
   * summed over the anchors with an object, both divided by the number of the latter (at least 1), averaged over images.
   */
  losses(batch: ImageBatch, fed: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
    const { logits, codes } = joined(this.levels(batch));
    const matches = fed.get('anchor_classes')!;
    const threshold = (least: number) => matches.greater(least).cast('float32');
    const [isObject, isCounted] = [threshold(-1), threshold(-2)];
    const objects = isObject.sum([1]).maximum(1);
    const truth = matches.oneHot(this.classes);
    const perAnchorLoss = focalLoss(logits, truth).sum([2]).mul(isCounted);
    const distance = codes.sub(fed.get('anchor_codes')!).abs().sum([2]).mul(isObject);
    const averaged = (perAnchor: Tensor) => perAnchor.sum([1]).div(objects).mean([0]);
    return new Map([
      ['classification', averaged(perAnchorLoss)],
      ['bbox_regression', averaged(distance)],
    ]);
  }

  detections(batch: ImageBatch, thresholds: DetectionThresholds): Detections {
    const canvas = canvasOf(batch);
    const found = this.levels(batch).map((level, i) => {
      const anchors = anchorsOf(canvas, [mapsOf(canvas)[i]!], [SHAPES[i]!]);
      return this.candidates(level, anchors);
    });
    const [boxes, scores, labels] = (['boxes', 'scores', 'labels'] as const).map((part) => {
      const [first, ...others] = found.map((candidates) => candidates[part]);
      return first!.concat(others, 1);
    }) as [Tensor, Tensor, Tensor];
    return bestDetections({ boxes: clippedBoxes(boxes, batch.sizes), scores, labels }, this.classes, thresholds);
  }

  /** `cls_logits` [B,A,classes], `bbox_regression` [B,A,4]. */
  raw(batch: ImageBatch): Map<string, Tensor> {
    const { logits, codes } = joined(this.levels(batch));
    return new Map([
      ['cls_logits', logits],
      ['bbox_regression', codes],
    ]);
  }

  private levels({ images }: ImageBatch): LevelOutput[] {
    return this.backbone.maps(images).map((map) => ({
      logits: this.head.classification_head.call(map),
      codes: this.head.regression_head.call(map),
    }));
  }

  /** The best pairs of an anchor and a class of one map. */
  private candidates({ logits, codes }: LevelOutput, anchors: Float32Array) {
    const [batch, count, classes] = logits.shape as [number, number, number];
    const flat = logits.reshape([batch, count * classes]);
    const [best, places] = flat.topK(Math.min(MOST_CANDIDATES, count * classes));
    const [anchor, labels] = dividedBy(places, classes);
    const references = logits.graph.constant(anchors, [count, 4]).gather(anchor, 0);
    const boxes = decodedBoxes(rowsAt(codes, anchor), references, ANCHOR_CODE);
    return { boxes, scores: best.sigmoid(), labels };
  }
}

const mapsOf = (canvas: Size): Size[] => pyramidSizes(canvas, LOWEST_LEVEL, LEVELS);

function joined(levels: readonly LevelOutput[]): LevelOutput {
  const [first, ...others] = levels;
  return {
    logits: first!.logits.concat(
      others.map(({ logits }) => logits),
      1,
    ),
    codes: first!.codes.concat(
      others.map(({ codes }) => codes),
      1,
    ),
  };
}
