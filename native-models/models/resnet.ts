/**
 * ResNet, with the stride on the 3x3 convolution of the bottleneck ("v1.5").
 * Source: He et al. 2015, https://arxiv.org/abs/1512.03385; v1.5 as in torchvision.
 * Parameter names are torchvision's (`layer1.0.conv1.weight`), so its checkpoints load unmapped.
 */

import type { Tensor } from '../core/tensor.ts';
import { BatchNorm2d, Conv2d, globalAveragePool, Linear } from '../nn/layers.ts';
import { type Layer, Module, Network, run } from '../nn/module.ts';

/** Source: He et al. 2015, table 1. */
export const RESNETS = {
  resnet18: { block: 'basic', depths: [2, 2, 2, 2] },
  resnet34: { block: 'basic', depths: [3, 4, 6, 3] },
  resnet50: { block: 'bottleneck', depths: [3, 4, 6, 3] },
  resnet101: { block: 'bottleneck', depths: [3, 4, 23, 3] },
  resnet152: { block: 'bottleneck', depths: [3, 8, 36, 3] },
} as const;

export type ResNetName = keyof typeof RESNETS;

const STEM = 64;
const WIDTHS = [64, 128, 256, 512] as const;

const conv = (inputs: number, outputs: number, kernel: 1 | 3 | 7, stride = 1): Conv2d =>
  new Conv2d(inputs, outputs, kernel, { stride, padding: (kernel - 1) / 2, bias: false });

/** What normalises after each convolution, made for a number of channels. */
export type MakeNorm = (channels: number) => Module;

const batchNorm: MakeNorm = (channels) => new BatchNorm2d(channels);

/** Identity (null) where shapes already agree, else a 1x1 projection. */
const shortcut = ({ inputs, stride, norm }: BlockOptions, outputs: number): Layer =>
  stride === 1 && inputs === outputs ? null : [conv(inputs, outputs, 1, stride), norm(outputs)];

class BasicBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: Module;
  readonly conv2: Conv2d;
  readonly bn2: Module;
  readonly downsample: Layer;

  constructor(options: BlockOptions) {
    super();
    const { inputs, width, stride, norm } = options;
    this.conv1 = conv(inputs, width, 3, stride);
    this.bn1 = norm(width);
    this.conv2 = conv(width, width, 3);
    this.bn2 = norm(width);
    this.downsample = shortcut(options, width);
  }

  call(x: Tensor): Tensor {
    const y = this.bn1.call(this.conv1.call(x)).relu();
    return this.bn2.call(this.conv2.call(y)).add(run(this.downsample, x)).relu();
  }
}

/** Narrows to `width` by 1x1, filters by 3x3, widens to four times `width` by 1x1. */
class Bottleneck extends Module {
  readonly conv1: Conv2d;
  readonly bn1: Module;
  readonly conv2: Conv2d;
  readonly bn2: Module;
  readonly conv3: Conv2d;
  readonly bn3: Module;
  readonly downsample: Layer;

  constructor(options: BlockOptions) {
    super();
    const { inputs, width, stride, norm } = options;
    const outputs = width * BLOCKS.bottleneck.expansion;
    this.conv1 = conv(inputs, width, 1);
    this.bn1 = norm(width);
    this.conv2 = conv(width, width, 3, stride);
    this.bn2 = norm(width);
    this.conv3 = conv(width, outputs, 1);
    this.bn3 = norm(outputs);
    this.downsample = shortcut(options, outputs);
  }

  call(x: Tensor): Tensor {
    const narrow = this.bn1.call(this.conv1.call(x)).relu();
    const filtered = this.bn2.call(this.conv2.call(narrow)).relu();
    return this.bn3.call(this.conv3.call(filtered)).add(run(this.downsample, x)).relu();
  }
}

/** `expansion`: output channels per unit of width. */
const BLOCKS = {
  basic: { expansion: 1, make: (options: BlockOptions): Module => new BasicBlock(options) },
  bottleneck: { expansion: 4, make: (options: BlockOptions): Module => new Bottleneck(options) },
} as const;

interface BlockOptions {
  readonly inputs: number;
  readonly width: number;
  readonly stride: number;
  readonly norm: MakeNorm;
}

function stage(block: keyof typeof BLOCKS, depth: number, options: BlockOptions): Layer {
  const { expansion, make } = BLOCKS[block];
  const { width } = options;
  return Array.from({ length: depth }, (_, i) =>
    make(i === 0 ? options : { ...options, inputs: width * expansion, stride: 1 }),
  );
}

/** Maps after each stage, at 1/4, 1/8, 1/16 and 1/32 of the image's sides. */
export type StageMaps = readonly [c2: Tensor, c3: Tensor, c4: Tensor, c5: Tensor];

/** A ResNet without its classifier. */
export class ResNetBody extends Network {
  readonly conv1 = conv(3, STEM, 7, 2);
  readonly bn1: Module;
  readonly layer1: Layer;
  readonly layer2: Layer;
  readonly layer3: Layer;
  readonly layer4: Layer;

  constructor(name: ResNetName, norm: MakeNorm = batchNorm) {
    super();
    const { block, depths } = RESNETS[name];
    const [c2, c3, c4] = stageChannels(name);
    this.bn1 = norm(STEM);
    this.layer1 = stage(block, depths[0], { inputs: STEM, width: WIDTHS[0], stride: 1, norm });
    this.layer2 = stage(block, depths[1], { inputs: c2, width: WIDTHS[1], stride: 2, norm });
    this.layer3 = stage(block, depths[2], { inputs: c3, width: WIDTHS[2], stride: 2, norm });
    this.layer4 = stage(block, depths[3], { inputs: c4, width: WIDTHS[3], stride: 2, norm });
  }

  /** Shapes: [N,3,H,W] -> [N,Ci,ceil(H/2^i),...] for i from 2 to 5. */
  maps(x: Tensor): StageMaps {
    const stem = run([this.conv1, this.bn1], x).relu().maxPool({ kernel: 3, stride: 2, padding: 1 });
    const c2 = run(this.layer1, stem);
    const c3 = run(this.layer2, c2);
    const c4 = run(this.layer3, c3);
    return [c2, c3, c4, run(this.layer4, c4)];
  }
}

/** Channels of the maps after each stage. */
export function stageChannels(name: ResNetName): readonly [number, number, number, number] {
  const { expansion } = BLOCKS[RESNETS[name].block];
  return WIDTHS.map((width) => width * expansion) as [number, number, number, number];
}

/** Shapes: [N,3,H,W] -> logits [N,classes]. */
export class ResNet extends Module {
  readonly conv1: Conv2d;
  readonly bn1: Module;
  readonly layer1: Layer;
  readonly layer2: Layer;
  readonly layer3: Layer;
  readonly layer4: Layer;
  readonly fc: Linear;

  constructor(name: ResNetName, classes: number) {
    super();
    const body = new ResNetBody(name);
    this.conv1 = body.conv1;
    this.bn1 = body.bn1;
    this.layer1 = body.layer1;
    this.layer2 = body.layer2;
    this.layer3 = body.layer3;
    this.layer4 = body.layer4;
    this.fc = new Linear(stageChannels(name)[3], classes);
  }

  call(x: Tensor): Tensor {
    const stem = run([this.conv1, this.bn1], x).relu().maxPool({ kernel: 3, stride: 2, padding: 1 });
    const top = run([this.layer1, this.layer2, this.layer3, this.layer4], stem);
    return this.fc.call(globalAveragePool(top));
  }
}
