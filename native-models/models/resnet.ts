/**
 * ResNet, with the stride on the 3x3 convolution of the bottleneck ("v1.5").
 * Source: He et al. 2015, https://arxiv.org/abs/1512.03385; v1.5 as in torchvision.
 * Parameter names are torchvision's (`layer1.0.conv1.weight`), so its checkpoints load unmapped.
 */

import type { Tensor } from '../core/tensor.ts';
import { BatchNorm2d, Conv2d, globalAveragePool, Linear } from '../nn/layers.ts';
import { type Layer, Module, run } from '../nn/module.ts';

export const RESNETS = {
  resnet18: { depths: [2, 2, 2, 2] },
} as const;

export type ResNetName = keyof typeof RESNETS;

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

function stage(inputs: number, width: number, depth: number, stride: number): BasicBlock[] {
  return Array.from({ length: depth }, (_, i) =>
    i === 0 ? new BasicBlock(inputs, width, stride) : new BasicBlock(width, width, 1),
  );
}

/** Shapes: [N,3,H,W] -> logits [N,classes]. */
export class ResNet extends Module {
  readonly conv1 = conv(3, WIDTHS[0], 7, 2);
  readonly bn1 = new BatchNorm2d(WIDTHS[0]);
  readonly layer1: Layer;
  readonly layer2: Layer;
  readonly layer3: Layer;
  readonly layer4: Layer;
  readonly fc: Linear;

  constructor(name: ResNetName, classes: number) {
    super();
    const [d1, d2, d3, d4] = RESNETS[name].depths;
    this.layer1 = stage(WIDTHS[0], WIDTHS[0], d1, 1);
    this.layer2 = stage(WIDTHS[0], WIDTHS[1], d2, 2);
    this.layer3 = stage(WIDTHS[1], WIDTHS[2], d3, 2);
    this.layer4 = stage(WIDTHS[2], WIDTHS[3], d4, 2);
    this.fc = new Linear(WIDTHS[3], classes);
  }

  call(x: Tensor): Tensor {
    const stem = this.bn1.call(this.conv1.call(x)).relu().maxPool({ kernel: 3, stride: 2, padding: 1 });
    const top = run([this.layer1, this.layer2, this.layer3, this.layer4], stem);
    return this.fc.call(globalAveragePool(top));
  }
}
