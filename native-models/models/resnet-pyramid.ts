import type { Tensor } from '../core/tensor.ts';
import { FeaturePyramid, type PyramidTop } from '../nn/feature-pyramid.ts';
import { FrozenBatchNorm2d } from '../nn/frozen-batch-norm.ts';
import { BatchNorm2d } from '../nn/layers.ts';
import { Network } from '../nn/module.ts';
import { ResNetBody, type ResNetName, stageChannels } from './resnet.ts';

export interface PyramidOptions {
  /**
   * `frozen`: statistics, scales and biases of batch norm stay as the weights that training starts from have them;
   * `batch`: they are trained, for a backbone that starts from nothing. The same choice as torchvision's.
   */
  readonly norm: 'frozen' | 'batch';
}

/** A ResNet under a feature pyramid; parameter names are those of torchvision's detectors, below `backbone`. */
export class ResNetPyramid extends Network {
  readonly body: ResNetBody;
  readonly fpn: FeaturePyramid;
  private readonly first: number;

  /** With `convolved` the maps begin at 1/8 of the image's sides, with `thinned` at 1/4. */
  constructor(name: ResNetName, top: PyramidTop, { norm }: PyramidOptions) {
    super();
    this.first = top === 'convolved' ? 1 : 0;
    const make = (channels: number) =>
      norm === 'frozen' ? new FrozenBatchNorm2d(channels) : new BatchNorm2d(channels);
    this.body = new ResNetBody(name, make);
    this.fpn = new FeaturePyramid(stageChannels(name).slice(this.first), top);
  }

  /** Shapes: images [N,3,H,W] -> five maps of 256 channels, finest first; sides of images are multiples of 32. */
  maps(images: Tensor): Tensor[] {
    return this.fpn.maps(this.body.maps(images).slice(this.first));
  }
}
