/**
 * The one-stage detector of the `yolov5` family: a cross-stage partial backbone, a path-aggregating neck, three anchors
 * at every cell of three maps.
 * Written from papers: Redmon and Farhadi 2018, https://arxiv.org/abs/1804.02767 (anchors, three maps, sigmoids);
 * Bochkovskiy et al. 2020, https://arxiv.org/abs/2004.10934; Wang et al. 2019, https://arxiv.org/abs/1911.11929; Liu et
 * al. 2018, https://arxiv.org/abs/1803.01534; Terven and Cordova-Esparza 2023, https://arxiv.org/abs/2304.00501 (depths,
 * widths, the 6x6 stem, the pools behind the backbone). Backbone groups are `model.0.` to `model.9.`, as the product
 * specification counts them (6.7.5); all other names are our own, and no published weights are meant for them.
 */

import type { Tensor } from '../core/tensor.ts';
import { candidatesOf, type LevelSpec } from '../detection/candidates.ts';
import { decodeAll, detectionsOf } from '../detection/decode.ts';
import type { Detections, DetectionThresholds, Detector, ImageBatch } from '../detection/detector.ts';
import { shapeLosses } from '../detection/shape-loss.ts';
import { ShapeTargets } from '../detection/shape-targets.ts';
import type { Size } from '../geometry/box.ts';
import { Conv2d } from '../nn/layers.ts';
import { Module, run } from '../nn/module.ts';
import { ConvBlock, CspBlock, PathAggregation, PyramidPoolBlock, wholeConv } from './csp.ts';

/** Shares of the depth and the width of `large`. */
export const YOLOV5S = {
  small: { depth: 1 / 3, width: 1 / 2 },
  medium: { depth: 2 / 3, width: 3 / 4 },
  large: { depth: 1, width: 1 },
  xlarge: { depth: 4 / 3, width: 5 / 4 },
} as const;

export type YoloV5Size = keyof typeof YOLOV5S;

/** Anchors in image pixels. Source: Redmon and Farhadi 2018, section 2.3, clusters of COCO's boxes. */
const MAPS: readonly LevelSpec[] = [
  {
    stride: 8,
    anchors: [
      [10, 13],
      [16, 30],
      [33, 23],
    ],
  },
  {
    stride: 16,
    anchors: [
      [30, 61],
      [62, 45],
      [59, 119],
    ],
  },
  {
    stride: 32,
    anchors: [
      [116, 90],
      [156, 198],
      [373, 326],
    ],
  },
];

const WIDTHS = { stem: 64, quarter: 128, levels: [256, 512, 1024] } as const;
const NECK_REPEATS = 3;
const ANCHORS = 3;
const BOX_AND_OBJECT = 5;
/** What an untrained cell takes for the chance of an object, and of a class. Source: Lin et al. 2017, section 4.1. */
const PRIOR = 0.01;

class Neck extends PathAggregation {}

export interface YoloV5Options {
  readonly size: YoloV5Size;
  readonly classes: number;
  /** Boxes of a picture that training takes in; of more, the largest. */
  readonly slots: number;
}

/**
 * Shapes: [N,3,H,W], sides multiples of 32 -> [N,candidates,5+classes]: map by map, anchor by anchor, row by row; of each
 * candidate x, y, width, height, object and classes, before their sigmoids.
 */
export class YoloV5 extends Module implements Detector {
  readonly model: readonly Module[];
  readonly neck: Neck;
  readonly head: readonly Conv2d[];
  private readonly classes: number;
  private readonly slots: number;

  constructor({ size, classes, slots }: YoloV5Options) {
    super();
    const { depth, width } = YOLOV5S[size];
    const wide = (channels: number) => channels * width;
    const deep = (repeats: number) => Math.max(1, Math.round(repeats * depth));
    const [fine, middle, coarse] = WIDTHS.levels.map(wide) as [number, number, number];
    const [stem, quarter] = [wide(WIDTHS.stem), wide(WIDTHS.quarter)];
    const half = (inputs: number, outputs: number) => new ConvBlock(inputs, outputs, 3, { stride: 2 });
    const csp = (channels: number, repeats: number) =>
      new CspBlock(channels, channels, { repeats: deep(repeats), spatial: wholeConv, adds: true });
    this.model = [
      new ConvBlock(3, stem, 6, { stride: 2, padding: 2 }),
      half(stem, quarter),
      csp(quarter, 3),
      half(quarter, fine),
      csp(fine, 6),
      half(fine, middle),
      csp(middle, 9),
      half(middle, coarse),
      csp(coarse, 3),
      new PyramidPoolBlock(coarse, coarse),
    ];
    const widths = [fine, middle, coarse] as const;
    this.neck = new Neck({ widths, repeats: deep(NECK_REPEATS), spatial: wholeConv });
    this.head = widths.map(
      (channels) => new Conv2d(channels, ANCHORS * (BOX_AND_OBJECT + classes), 1, headInit(classes)),
    );
    this.classes = classes;
    this.slots = slots;
  }

  call(x: Tensor): Tensor {
    const fine = run(this.model.slice(0, 5), x);
    const middle = run(this.model.slice(5, 7), fine);
    const coarse = run(this.model.slice(7), middle);
    const maps = this.neck.join([fine, middle, coarse]);
    const [first, ...others] = maps.map((map, level) => this.candidates(this.head[level]!.call(map)));
    return first!.concat(others, 1);
  }

  targets(canvas: Size): ShapeTargets {
    return new ShapeTargets(canvas, MAPS, this.slots);
  }

  losses({ images }: ImageBatch, fed: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
    return shapeLosses(this.call(images), candidatesOf(sizeOfMap(images), MAPS), fed);
  }

  detections(batch: ImageBatch, thresholds: DetectionThresholds): Detections {
    return detectionsOf(this.said(batch), thresholds);
  }

  raw(batch: ImageBatch): Map<string, Tensor> {
    return new Map([['output', this.said(batch)]]);
  }

  private said({ images }: ImageBatch): Tensor {
    return decodeAll(this.call(images), candidatesOf(sizeOfMap(images), MAPS), 'anchors');
  }

  /** Shapes: [N,A*(5+classes),H,W] -> [N,A*H*W,5+classes]. */
  private candidates(map: Tensor): Tensor {
    const [n, , h, w] = map.shape as [number, number, number, number];
    const values = BOX_AND_OBJECT + this.classes;
    const parted = map.reshape([n, ANCHORS, values, h, w]).transpose([0, 1, 3, 4, 2]);
    return parted.reshape([n, ANCHORS * h * w, values]);
  }
}

const sizeOfMap = ({ shape }: Tensor): Size => ({ width: shape[3]!, height: shape[2]! });

function headInit(classes: number) {
  const rare = Math.log(PRIOR / (1 - PRIOR));
  const values = [0, 0, 0, 0, rare, ...new Array<number>(classes).fill(rare)];
  return { init: { kind: 'normal', deviation: 0.01 }, biasInit: { kind: 'repeated', values } } as const;
}
