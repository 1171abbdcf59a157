/**
 * YOLOX-nano: a detector without anchors, light enough for a CPU.
 * Source: Ge et al. 2021, https://arxiv.org/abs/2107.08430; structure and parameter names as in Megvii's YOLOX
 * (Apache-2.0), so that its weights load unmapped.
 */

import { pair, type Tensor } from '../core/tensor.ts';
import { candidatesOf, type LevelSpec } from '../detection/candidates.ts';
import { decodeAll, detectionsOf } from '../detection/decode.ts';
import type { Detections, DetectionThresholds, Detector, ImageBatch } from '../detection/detector.ts';
import { simotaLosses } from '../detection/simota-loss.ts';
import { SlotTargets } from '../detection/slots.ts';
import type { Size } from '../geometry/box.ts';
import { Conv2d } from '../nn/layers.ts';
import { contextOf, type Layer, Module, Network, run } from '../nn/module.ts';
import {
  ConvBlock,
  CspBlock,
  type Levels,
  PathAggregation,
  PyramidPoolBlock,
  type Spatial,
  separableConv,
} from './csp.ts';

const MAPS: readonly LevelSpec[] = [8, 16, 32].map((stride) => ({ stride, anchors: null }));

const STEM = 16;
const QUARTER = 32;
const WIDTHS: Levels<number> = [64, 128, 256];
const HEAD_WIDTH = 64;
const REPEATS = 1;
const BACKBONE_REPEATS = 3; // of the maps of stride 8 and 16
const BOX = 4;
/** What an untrained cell takes for the chance of an object, and of a class. Source: Lin et al. 2017, section 4.1. */
const PRIOR = 0.01;

/**
 * Filters over four neighbouring pixels as channels (left column first, top before bottom) as filters over the pixels themselves,
 * at stride 2: the same sums, and no picture is rearranged. Shapes: [K,4C,h,w] -> [K,C,2h,2w].
 */
function overPixels(weight: Tensor): Tensor {
  const [k, c, h, w] = weight.shape as [number, number, number, number];
  const parted = weight.reshape([k, 2, 2, c / 4, h, w]).transpose([0, 3, 4, 2, 5, 1]);
  return parted.reshape([k, c / 4, 2 * h, 2 * w]);
}

/** A 3x3 convolution over four neighbouring pixels as channels. */
class Stem extends Module {
  readonly conv = new ConvBlock(12, STEM, 3);

  call(x: Tensor): Tensor {
    const context = contextOf(x);
    const { conv, bn } = this.conv;
    const attrs = { strides: pair(2), pads: [2, 2, 2, 2], dilations: pair(1), group: 1 } as const;
    const weight = overPixels(context.parameter(conv.weight));
    return bn.call(x.graph.scope(context.path(conv), () => x.conv(weight, null, attrs))).silu();
  }
}

const spatial: Spatial = separableConv;

const csp = (channels: number, repeats: number, adds = true) =>
  new CspBlock(channels, channels, { repeats, spatial, adds });

class Backbone extends Network {
  readonly stem = new Stem();
  readonly dark2: Layer = [spatial(STEM, QUARTER, 2), csp(QUARTER, REPEATS)];
  readonly dark3: Layer = [spatial(QUARTER, WIDTHS[0], 2), csp(WIDTHS[0], BACKBONE_REPEATS)];
  readonly dark4: Layer = [spatial(WIDTHS[0], WIDTHS[1], 2), csp(WIDTHS[1], BACKBONE_REPEATS)];
  readonly dark5: Layer = [
    spatial(WIDTHS[1], WIDTHS[2], 2),
    new PyramidPoolBlock(WIDTHS[2], WIDTHS[2]),
    csp(WIDTHS[2], REPEATS, false),
  ];

  levels(x: Tensor): Levels<Tensor> {
    const fine = run(this.dark3, run(this.dark2, this.stem.call(x)));
    const middle = run(this.dark4, fine);
    return [fine, middle, run(this.dark5, middle)];
  }
}

class Neck extends PathAggregation {
  readonly backbone = new Backbone();

  levels(x: Tensor): Levels<Tensor> {
    return this.join(this.backbone.levels(x));
  }
}

/** One branch for the class, one for the box and whether there is an object. */
class Head extends Network {
  readonly stems: readonly ConvBlock[];
  readonly cls_convs: readonly Layer[];
  readonly reg_convs: readonly Layer[];
  readonly cls_preds: readonly Conv2d[];
  readonly reg_preds: readonly Conv2d[];
  readonly obj_preds: readonly Conv2d[];

  constructor(classes: number) {
    super();
    const branch = () => [spatial(HEAD_WIDTH, HEAD_WIDTH), spatial(HEAD_WIDTH, HEAD_WIDTH)];
    const rare = { kind: 'constant', value: Math.log(PRIOR / (1 - PRIOR)) } as const;
    const init = { kind: 'normal', deviation: 0.01 } as const;
    this.stems = WIDTHS.map((width) => new ConvBlock(width, HEAD_WIDTH, 1));
    this.cls_convs = WIDTHS.map(branch);
    this.reg_convs = WIDTHS.map(branch);
    this.cls_preds = WIDTHS.map(() => new Conv2d(HEAD_WIDTH, classes, 1, { init, biasInit: rare }));
    this.reg_preds = WIDTHS.map(() => new Conv2d(HEAD_WIDTH, BOX, 1, { init }));
    this.obj_preds = WIDTHS.map(() => new Conv2d(HEAD_WIDTH, 1, 1, { init, biasInit: rare }));
  }

  /** Shapes: [N,C,h,w] of a level -> [N,h*w,5+classes]. */
  candidates(map: Tensor, level: number): Tensor {
    const x = this.stems[level]!.call(map);
    const byClass = run(this.cls_convs[level]!, x);
    const byBox = run(this.reg_convs[level]!, x);
    const box = this.reg_preds[level]!.call(byBox);
    const values = box.concat([this.obj_preds[level]!.call(byBox), this.cls_preds[level]!.call(byClass)], 1);
    const [n, count, h, w] = values.shape as [number, number, number, number];
    return values.reshape([n, count, h * w]).transpose([0, 2, 1]);
  }
}

export interface YoloXOptions {
  readonly classes: number;
  /** Boxes of a picture that training takes in; of more, the largest. */
  readonly slots: number;
}

/**
 * Shapes: [N,3,H,W], blue first, 0 to 255, sides multiples of 32 -> [N,candidates,5+classes]: map by map, row by row; of
 * each candidate x, y, width, height, object and classes, before exponentials and sigmoids.
 */
export class YoloXNano extends Module implements Detector {
  readonly backbone: Neck;
  readonly head: Head;
  private readonly slots: number;

  constructor({ classes, slots }: YoloXOptions) {
    super();
    this.backbone = new Neck({ widths: WIDTHS, repeats: REPEATS, spatial });
    this.head = new Head(classes);
    this.slots = slots;
  }

  call(x: Tensor): Tensor {
    const [first, ...others] = this.backbone.levels(x).map((map, level) => this.head.candidates(map, level));
    return first!.concat(others, 1);
  }

  targets(canvas: Size): SlotTargets {
    return new SlotTargets(canvas, this.slots);
  }

  losses({ images }: ImageBatch, fed: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
    return simotaLosses(this.call(blueFirst(images)), candidatesOf(sizeOfMap(images), MAPS), fed);
  }

  detections(batch: ImageBatch, thresholds: DetectionThresholds): Detections {
    return detectionsOf(this.said(batch), thresholds);
  }

  raw(batch: ImageBatch): Map<string, Tensor> {
    return new Map([['output', this.said(batch)]]);
  }

  private said({ images }: ImageBatch): Tensor {
    return decodeAll(this.call(blueFirst(images)), candidatesOf(sizeOfMap(images), MAPS), 'free');
  }
}

const sizeOfMap = ({ shape }: Tensor): Size => ({ width: shape[3]!, height: shape[2]! });

/** Batches come red first. */
function blueFirst(images: Tensor): Tensor {
  const [n, , h, w] = images.shape as [number, number, number, number];
  return images.slice([0, 2, 0, 0], [n, -1, h, w], [1, -1, 1, 1]);
}
