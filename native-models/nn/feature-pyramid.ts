/**
 * Maps of every scale made equally strong: each is narrowed to one width, and what the coarser ones know is added.
 * Source: Lin et al. 2016, https://arxiv.org/abs/1612.03144, section 3; parameter names are torchvision's.
 */

import type { Tensor } from '../core/tensor.ts';
import type { Init } from './init.ts';
import { Conv2d } from './layers.ts';
import { type Layer, Network, run } from './module.ts';
import { resizeNearest } from './resize.ts';

/** Channels of every map of a pyramid, unless it is made lighter. */
export const PYRAMID_CHANNELS = 256;

/** Uniform with a variance of 1/fan in. Source: torch's `kaiming_uniform_` with a slope of 1. */
const evenVariance = (fanIn: number): Init => ({ kind: 'uniform-fan-in', fanIn: fanIn / 3 });

const conv = (inputs: number, outputs: number, kernel: 1 | 3, stride = 1): Conv2d =>
  new Conv2d(inputs, outputs, kernel, {
    stride,
    padding: (kernel - 1) / 2,
    init: evenVariance(inputs * kernel ** 2),
  });

/** Two more maps by convolutions of stride 2. Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002, section 4. */
class ConvolvedTop extends Network {
  readonly p6: Conv2d;
  readonly p7: Conv2d;

  constructor(width: number) {
    super();
    this.p6 = conv(width, width, 3, 2);
    this.p7 = conv(width, width, 3, 2);
  }

  maps(top: Tensor): Tensor[] {
    const p6 = this.p6.call(top);
    return [p6, this.p7.call(p6.relu())];
  }
}

/** Every second pixel of the coarsest map as one more. Source: torchvision's `LastLevelMaxPool`. */
const thinnedTop = (top: Tensor): Tensor[] => [top.maxPool({ kernel: 1, stride: 2 })];

/** `convolved`: two maps by convolutions; `thinned`: one map, every second pixel. */
export type PyramidTop = 'convolved' | 'thinned';

export class FeaturePyramid extends Network {
  readonly inner_blocks: Layer[];
  readonly layer_blocks: Layer[];
  readonly extra_blocks: ConvolvedTop | null;

  /** `channels`: of the maps it is made from, finest first; `width`: of its own. */
  constructor(channels: readonly number[], top: PyramidTop, width: number = PYRAMID_CHANNELS) {
    super();
    this.inner_blocks = channels.map((inputs) => [conv(inputs, width, 1)]);
    this.layer_blocks = channels.map(() => [conv(width, width, 3)]);
    this.extra_blocks = top === 'convolved' ? new ConvolvedTop(width) : null;
  }

  /** Shapes: [N,Ci,Hi,Wi], finest first -> [N,width,Hi,Wi] for each, then the coarser ones. */
  maps(inputs: readonly Tensor[]): Tensor[] {
    const laterals = inputs.map((x, i) => run(this.inner_blocks[i]!, x));
    for (let i = laterals.length - 2; i >= 0; i--) {
      const [, , height, width] = laterals[i]!.shape as [number, number, number, number];
      laterals[i] = laterals[i]!.add(resizeNearest(laterals[i + 1]!, [height, width]));
    }
    const maps = laterals.map((x, i) => run(this.layer_blocks[i]!, x));
    const top = maps.at(-1)!;
    return [...maps, ...(this.extra_blocks?.maps(top) ?? thinnedTop(top))];
  }
}
