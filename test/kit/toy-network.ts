/** A network with one of everything that makes a training step hard to wrap, small enough to run in milliseconds. */

import type { Tensor } from '../../native-models/core/tensor.ts';
import { BatchNorm2d, Conv2d, Dropout, globalAveragePool, Linear } from '../../native-models/nn/layers.ts';
import { Module } from '../../native-models/nn/module.ts';

/** Shapes: [N,3,H,W] -> [N,3]. Residual, strided and depthwise convolution, batch norm, max pooling, dropout. */
export class ToyNet extends Module {
  readonly stem = new Conv2d(3, 8, 3, { stride: 2, padding: 1, bias: false });
  readonly bn1 = new BatchNorm2d(8);
  readonly conv = new Conv2d(8, 8, 3, { padding: 1, bias: false });
  readonly bn2 = new BatchNorm2d(8);
  readonly depthwise = new Conv2d(8, 8, 3, { padding: 1, groups: 8 });
  readonly dropout = new Dropout(0.25);
  readonly fc = new Linear(8, 3);

  call(x: Tensor): Tensor {
    const stem = this.bn1.call(this.stem.call(x)).relu().maxPool({ kernel: 3, stride: 2, padding: 1 });
    const block = this.bn2.call(this.conv.call(stem)).add(stem).relu();
    return this.fc.call(this.dropout.call(globalAveragePool(this.depthwise.call(block).clip(0, 6))));
  }
}

export const TOY = { batchSize: 4, height: 16, width: 16, normalisation: null } as const;
