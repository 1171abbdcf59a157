/**
 * ResNet, with the stride on the 3x3 convolution of the bottleneck ("v1.5").
 * Source: He et al. 2015, https://arxiv.org/abs/1512.03385; v1.5 as in torchvision.
 * Parameter names are torchvision's (`layer1.0.conv1.weight`), so its checkpoints load unmapped.
 */

import type { Tensor } from '../core/tensor.ts';
import { BatchNorm2d, Conv2d, globalAveragePool, Linear } from '../nn/layers.ts';
import { type Layer, Module, run } from '../nn/module.ts';

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

/** Identity (null) where shapes already agree, else a 1x1 projection. */
const shortcut = (inputs: number, outputs: number, stride: number): Layer =>
  stride === 1 && inputs === outputs ? null : [conv(inputs, outputs, 1, stride), new BatchNorm2d(outputs)];

class BasicBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample: Layer;

  constructor(inputs: number, width: number, stride: number) {
    super();
    this.conv1 = conv(inputs, width, 3, stride);
    this.bn1 = new BatchNorm2d(width);
    this.conv2 = conv(width, width, 3);
    this.bn2 = new BatchNorm2d(width);
    this.downsample = shortcut(inputs, width, stride);
  }

  call(x: Tensor): Tensor {
    const y = this.bn1.call(this.conv1.call(x)).relu();
    return this.bn2.call(this.conv2.call(y)).add(run(this.downsample, x)).relu();
  }
}

/** Narrows to `width` by 1x1, filters by 3x3, widens to four times `width` by 1x1. */
class Bottleneck extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly downsample: Layer;

  constructor(inputs: number, width: number, stride: number) {
    super();
    const outputs = width * BLOCKS.bottleneck.expansion;
    this.conv1 = conv(inputs, width, 1);
    this.bn1 = new BatchNorm2d(width);
    this.conv2 = conv(width, width, 3, stride);
    this.bn2 = new BatchNorm2d(width);
    this.conv3 = conv(width, outputs, 1);
    this.bn3 = new BatchNorm2d(outputs);
    this.downsample = shortcut(inputs, outputs, stride);
  }

  call(x: Tensor): Tensor {
    const narrow = this.bn1.call(this.conv1.call(x)).relu();
    const filtered = this.bn2.call(this.conv2.call(narrow)).relu();
    return this.bn3.call(this.conv3.call(filtered)).add(run(this.downsample, x)).relu();
  }
}

/** `expansion`: output channels per unit of width. */
const BLOCKS = {
  basic: { expansion: 1, make: (...sizes: BlockSizes): Module => new BasicBlock(...sizes) },
  bottleneck: { expansion: 4, make: (...sizes: BlockSizes): Module => new Bottleneck(...sizes) },
} as const;

type BlockSizes = readonly [inputs: number, width: number, stride: number];

function stage(block: keyof typeof BLOCKS, inputs: number, width: number, depth: number, stride: number): Layer {
  const { expansion, make } = BLOCKS[block];
  return Array.from({ length: depth }, (_, i) =>
    i === 0 ? make(inputs, width, stride) : make(width * expansion, width, 1),
  );
}

/** Shapes: [N,3,H,W] -> logits [N,classes]. */
export class ResNet extends Module {
  readonly conv1 = conv(3, STEM, 7, 2);
  readonly bn1 = new BatchNorm2d(STEM);
  readonly layer1: Layer;
  readonly layer2: Layer;
  readonly layer3: Layer;
  readonly layer4: Layer;
  readonly fc: Linear;

  constructor(name: ResNetName, classes: number) {
    super();
    const { block, depths } = RESNETS[name];
    const { expansion } = BLOCKS[block];
    const [c2, c3, c4, c5] = WIDTHS.map((width) => width * expansion) as [number, number, number, number];
    this.layer1 = stage(block, STEM, WIDTHS[0], depths[0], 1);
    this.layer2 = stage(block, c2, WIDTHS[1], depths[1], 2);
    this.layer3 = stage(block, c3, WIDTHS[2], depths[2], 2);
    this.layer4 = stage(block, c4, WIDTHS[3], depths[3], 2);
    this.fc = new Linear(c5, classes);
  }

  call(x: Tensor): Tensor {
    const stem = this.bn1.call(this.conv1.call(x)).relu().maxPool({ kernel: 3, stride: 2, padding: 1 });
    const top = run([this.layer1, this.layer2, this.layer3, this.layer4], stem);
    return this.fc.call(globalAveragePool(top));
  }
}
