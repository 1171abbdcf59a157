/**
 * What Mask R-CNN has beside Faster R-CNN: the pixels of each box that are the object.
 * Source: He et al. 2017, https://arxiv.org/abs/1703.06870, section 3; parameter names and numbers are torchvision's.
 */

import type { Tensor } from '../core/tensor.ts';
import { WHOLE_CELL } from '../detection/mask-cells.ts';
import { rowsAt } from '../detection/rows.ts';
import { Conv2d, ConvTranspose2d } from '../nn/layers.ts';
import { type Layer, Module } from '../nn/module.ts';
import { roiAlign } from '../nn/roi-align.ts';

/** Of what the pyramid shows of a box, and of the mask that is made of it. */
export const MASK_ROI_SIDE = 14;
export const MASK_SIDE = 2 * MASK_ROI_SIDE;

export const maskTower = (channels: number): Layer =>
  Array.from({ length: 4 }, () => [new Conv2d(channels, channels, 3, { padding: 1 }), (x: Tensor) => x.relu()]);

/** Shapes: [N,channels,14,14] -> [N,classes,28,28]. */
export class MaskPredictor extends Module {
  readonly conv5_mask: ConvTranspose2d;
  readonly mask_fcn_logits: Conv2d;

  constructor(channels: number, classes: number) {
    super();
    this.conv5_mask = new ConvTranspose2d(channels, channels, 2, { stride: 2 });
    this.mask_fcn_logits = new Conv2d(channels, classes, 1);
  }

  call(x: Tensor): Tensor {
    return this.mask_fcn_logits.call(this.conv5_mask.call(x).relu());
  }
}

/**
 * The part of each box's truth that lies in it.
 * Shapes: masks uint8 [B,T,M,M] with their frames [B,T,4] as `ProposalTargets` feeds them, boxes xyxy [B,R,4], truths int32
 * [B,R] within [0,T) -> [B,R,28,28], in [0,1].
 */
export function maskTargets(masks: Tensor, frames: Tensor, boxes: Tensor, truths: Tensor): Tensor {
  const { graph } = masks;
  const [batch, most, height, width] = masks.shape as [number, number, number, number];
  const count = boxes.shape[1]!;
  const starts = graph.constant(
    Array.from({ length: batch }, (_, image) => image * most),
    [batch, 1],
    'int32',
  );
  const planes = truths.add(starts).reshape([batch * count]);
  const map = masks
    .cast('float32')
    .mul(1 / WHOLE_CELL)
    .reshape([batch * most, 1, height, width]);
  const [scale, shift] = rowsAt(frames, truths).split([2, 2], 2) as [Tensor, Tensor];
  const [low, high] = boxes.split([2, 2], 2) as [Tensor, Tensor];
  const inCells = low
    .mul(scale)
    .add(shift)
    .concat([high.mul(scale).add(shift)], 2);
  const options = { size: [MASK_SIDE, MASK_SIDE], samplingRatio: 0, scales: [1] } as const;
  const parts = roiAlign([map], inCells.reshape([batch * count, 4]), planes, null, options);
  return parts.reshape([batch, count, MASK_SIDE, MASK_SIDE]);
}
