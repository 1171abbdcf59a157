/**
 * The first stage of a two-stage detector: for every anchor, whether there is an object, and where.
 * Source: Ren et al. 2015, https://arxiv.org/abs/1506.01497; parameter names and numbers are torchvision's.
 */

import type { Tensor } from '../core/tensor.ts';
import { type AnchorShapes, anchorsOf, anchorsPerPixel } from '../detection/anchors.ts';
import { pyramidSizes } from '../detection/canvas.ts';
import type { ProposalOutput } from '../detection/proposals.ts';
import { rowsAt } from '../detection/rows.ts';
import type { Size } from '../geometry/box.ts';
import { binaryCrossEntropy } from '../losses/binary-cross-entropy.ts';
import { smoothL1 } from '../losses/smooth-l1.ts';
import type { Init } from '../nn/init.ts';
import { Conv2d } from '../nn/layers.ts';
import { type Layer, Network, run } from '../nn/module.ts';

const LOWEST_LEVEL = 2; // maps at 1/4 to 1/64 of the canvas
const SHAPES: readonly AnchorShapes[] = [32, 64, 128, 256, 512].map((size) => ({
  sizesPx: [size],
  aspectRatios: [0.5, 1, 2],
}));
const PER_PIXEL = anchorsPerPixel(SHAPES[0]!);
const WEIGHT: Init = { kind: 'normal', deviation: 0.01 };

/** Where boxes cease to count by the square of their distance. Source: torchvision. */
export const BOX_BETA = 1 / 9;

const mapsOf = (canvas: Size): Size[] => pyramidSizes(canvas, LOWEST_LEVEL, SHAPES.length);

/** xyxy [A,4], flat: those of every map, one after the other. */
export const proposalAnchors = (canvas: Size): Float32Array => anchorsOf(canvas, mapsOf(canvas), SHAPES);

class ProposalHead extends Network {
  readonly conv: Layer;
  readonly cls_logits: Conv2d;
  readonly bbox_pred: Conv2d;

  constructor(channels: number) {
    super();
    this.conv = [[new Conv2d(channels, channels, 3, { padding: 1, init: WEIGHT }), (x: Tensor) => x.relu()]];
    this.cls_logits = new Conv2d(channels, PER_PIXEL, 1, { init: WEIGHT });
    this.bbox_pred = new Conv2d(channels, 4 * PER_PIXEL, 1, { init: WEIGHT });
  }
}

export class RegionProposals extends Network {
  readonly head: ProposalHead;

  /** `channels`: of the maps it looks at. */
  constructor(channels: number) {
    super();
    this.head = new ProposalHead(channels);
  }

  /** Shapes: maps [B,C,Hl,Wl] of five levels, finest first, of one canvas. */
  maps(pyramid: readonly Tensor[], canvas: Size): ProposalOutput[] {
    const sizes = mapsOf(canvas);
    return pyramid.map((map, level) => {
      const seen = run(this.head.conv, map);
      const [logits, codes] = [this.head.cls_logits.call(seen), this.head.bbox_pred.call(seen)];
      const [batch, , h, w] = logits.shape as [number, number, number, number];
      const count = h * w * PER_PIXEL;
      return {
        logits: logits.transpose([0, 2, 3, 1]).reshape([batch, count]),
        codes: codes.transpose([0, 2, 3, 1]).reshape([batch, count, 4]),
        anchors: anchorsOf(canvas, [sizes[level]!], [SHAPES[level]!]),
      };
    });
  }

  /**
   * Over the sampled anchors of all images: `loss_objectness`, the mean cross-entropy, and `loss_rpn_box_reg`, the
   * distance of the boxes of those with an object, divided by the number of all.
   */
  losses(maps: readonly ProposalOutput[], fed: ReadonlyMap<string, Tensor>): [string, Tensor][] {
    const joined = (part: 'logits' | 'codes') => {
      const [first, ...others] = maps.map((map) => map[part]);
      return first!.concat(others, 1);
    };
    const given = (name: string) => fed.get(`rpn_${name}`)!;
    const [anchors, labels, weights] = [given('anchors'), given('labels'), given('weights')];
    const count = weights.sum([0, 1]).maximum(1);
    const logits = rowsAt(joined('logits'), anchors);
    const objectness = binaryCrossEntropy(logits, labels, { reduction: 'none' }).mul(weights).sum([0, 1]);
    const distance = smoothL1(rowsAt(joined('codes'), anchors), given('codes'), BOX_BETA).sum([2]);
    return [
      ['loss_objectness', objectness.div(count)],
      ['loss_rpn_box_reg', distance.mul(labels).sum([0, 1]).div(count)],
    ];
  }
}
