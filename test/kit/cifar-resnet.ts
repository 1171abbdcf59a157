/**
 * ResNet for 32x32 images with parameter-free shortcuts ("option A"): every second pixel, zeros for new channels.
 * Not a model of the product; its published weights and recorded training steps check the compiler.
 * Source: He et al. 2015, https://arxiv.org/abs/1512.03385, section 4.2.
 */

import type { Tensor } from '../../native-models/core/tensor.ts';
import { BatchNorm2d, Conv2d, globalAveragePool, Linear } from '../../native-models/nn/layers.ts';
import { type Layer, Module, run } from '../../native-models/nn/module.ts';

const conv = (inputs: number, outputs: number, stride: number) =>
  new Conv2d(inputs, outputs, 3, { stride, padding: 1, bias: false });

class Block extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;

  constructor(inputs: number, outputs: number, stride: number) {
    super();
    this.conv1 = conv(inputs, outputs, stride);
    this.bn1 = new BatchNorm2d(outputs);
    this.conv2 = conv(outputs, outputs, 1);
    this.bn2 = new BatchNorm2d(outputs);
  }

  call(x: Tensor): Tensor {
    const y = this.bn2.call(this.conv2.call(this.bn1.call(this.conv1.call(x)).relu()));
    return y.add(shortcut(x, y)).relu();
  }
}

function shortcut(x: Tensor, y: Tensor): Tensor {
  const missing = y.shape[1]! - x.shape[1]!;
  if (missing === 0) return x;
  const taken = x.slice([0, 0, 0, 0], x.shape as number[], [1, 1, 2, 2]);
  return taken.pad([0, missing / 2, 0, 0], [0, missing / 2, 0, 0]);
}

const stage = (inputs: number, outputs: number, stride: number, depth: number) =>
  Array.from({ length: depth }, (_, i) => new Block(i === 0 ? inputs : outputs, outputs, i === 0 ? stride : 1));

export class CifarResNet extends Module {
  readonly conv1 = conv(3, 16, 1);
  readonly bn1 = new BatchNorm2d(16);
  readonly layer1: Layer;
  readonly layer2: Layer;
  readonly layer3: Layer;
  readonly linear = new Linear(64, 10);

  constructor(depth: number) {
    super();
    this.layer1 = stage(16, 16, 1, depth);
    this.layer2 = stage(16, 32, 2, depth);
    this.layer3 = stage(32, 64, 2, depth);
  }

  call(x: Tensor): Tensor {
    const stem = this.bn1.call(this.conv1.call(x)).relu();
    return this.linear.call(globalAveragePool(run([this.layer1, this.layer2, this.layer3], stem)));
  }
}
