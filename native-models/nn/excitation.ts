/** Layers that look at a whole map through its mean and answer with one number per channel. */

import type { Tensor } from '../core/tensor.ts';
import type { Init } from './init.ts';
import { type BatchNorm2d, globalAveragePool } from './layers.ts';
import { contextOf, Module, Parameter } from './module.ts';

/**
 * A 1x1 convolution of a map of one pixel: a linear layer whose weight is kept as a filter, [outputs,inputs,1,1].
 * Shapes: [N,inputs] -> [N,outputs].
 */
export class PixelLinear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(inputs: number, outputs: number, weight: Init = { kind: 'uniform-fan-in', fanIn: inputs }) {
    super();
    this.weight = new Parameter([outputs, inputs, 1, 1], weight);
    this.bias = new Parameter([outputs], { kind: 'uniform-fan-in', fanIn: inputs });
  }

  call(x: Tensor): Tensor {
    const context = contextOf(x);
    const [outputs, inputs] = this.weight.shape as [number, number];
    return x.graph.scope(context.path(this), () =>
      x.linear(context.parameter(this.weight).reshape([outputs, inputs]), context.parameter(this.bias)),
    );
  }
}

/** Batch norm over the images alone. Shapes: [N,C] -> the same. */
export function normalisedRows(norm: BatchNorm2d, x: Tensor): Tensor {
  const [n, c] = x.shape as [number, number];
  return norm.call(x.reshape([n, c, 1, 1])).reshape([n, c]);
}

/** Each map times a number of its own. Shapes: x [N,C,H,W], factors [N,C] -> [N,C,H,W]. */
export const scaledMaps = (x: Tensor, factors: Tensor): Tensor => x.mul(factors.reshape([...factors.shape, 1, 1]));

/**
 * Weighs each channel by what the means of all channels say.
 * Shapes: [N,C,H,W] -> the same.
 * Source: Hu et al. 2017, https://arxiv.org/abs/1709.01507, section 3.
 */
export class SqueezeExcitation extends Module {
  readonly fc1: PixelLinear;
  readonly fc2: PixelLinear;

  constructor(channels: number, reduction: number) {
    super();
    this.fc1 = new PixelLinear(channels, channels / reduction);
    this.fc2 = new PixelLinear(channels / reduction, channels);
  }

  call(x: Tensor): Tensor {
    return scaledMaps(x, this.fc2.call(this.fc1.call(globalAveragePool(x)).relu()).sigmoid());
  }
}
