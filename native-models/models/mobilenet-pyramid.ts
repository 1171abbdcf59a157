/**
 * MobileNetV2 under a feature pyramid, for detectors that train on processors. Parameter names are those that torchvision
 * gives a MobileNet in a detector, below `backbone`: blocks by number in `body`, the pyramid in `fpn`.
 */

import type { Tensor } from '../core/tensor.ts';
import { FeaturePyramid } from '../nn/feature-pyramid.ts';
import { FrozenBatchNorm2d } from '../nn/frozen-batch-norm.ts';
import { BatchNorm2d } from '../nn/layers.ts';
import { type Layer, Network, run } from '../nn/module.ts';
import { type FeatureOptions, mobileNetBlocks } from './mobilenetv2.ts';
import type { PyramidOptions } from './resnet-pyramid.ts';

/** The last block at 1/4, 1/8, 1/16 and 1/32 of the image's sides. */
const SEEN_AFTER = [3, 6, 13, 17] as const;

export type MobileNetPyramidOptions = PyramidOptions & Pick<FeatureOptions, 'stridedPadding'>;

export class MobileNetPyramid extends Network {
  readonly body: readonly Layer[];
  readonly fpn: FeaturePyramid;

  /** `width`: channels of the pyramid's maps. */
  constructor(width: number, { norm, ...options }: MobileNetPyramidOptions) {
    super();
    const { blocks, channels } = mobileNetBlocks({
      ...options,
      norm: (count) => (norm === 'frozen' ? new FrozenBatchNorm2d(count) : new BatchNorm2d(count)),
    });
    this.body = blocks;
    const seen = SEEN_AFTER.map((block) => channels[block]!);
    this.fpn = new FeaturePyramid(seen, 'thinned', width);
  }

  /** Shapes: images [N,3,H,W] -> five maps of `width` channels, finest first; sides of images are multiples of 32. */
  maps(images: Tensor): Tensor[] {
    const seen: Tensor[] = [];
    let next = 0;
    let x = images;
    for (const block of SEEN_AFTER) {
      x = run(this.body.slice(next, block + 1), x);
      next = block + 1;
      seen.push(x);
    }
    return this.fpn.maps(seen);
  }
}
