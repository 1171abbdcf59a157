/** Layers that normalise within one image. They keep no statistics, so they are the same in training and evaluation. */

import type { Tensor } from '../core/tensor.ts';
import { ones, zeros } from './init.ts';
import { contextOf, Module, Parameter } from './module.ts';

/**
 * Layer norm over the last axis.
 * Shapes: [...,D] -> the same.
 * Source: Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450; `epsilon` is torch's default, timm's is 1e-6.
 */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  private readonly epsilon: number;

  constructor(width: number, epsilon = 1e-5) {
    super();
    this.weight = new Parameter([width], ones);
    this.bias = new Parameter([width], zeros);
    this.epsilon = epsilon;
  }

  call(x: Tensor): Tensor {
    const context = contextOf(x);
    const [weight, bias] = [context.parameter(this.weight), context.parameter(this.bias)];
    return x.graph.scope(context.path(this), () => x.standardize(this.epsilon).mul(weight).add(bias));
  }
}

/**
 * Group norm: each image's channels in `groups` of neighbours, each group over its channels and pixels.
 * Shapes: [N,C,H,W] -> the same; C is a multiple of `groups`.
 * Source: Wu and He 2018, https://arxiv.org/abs/1803.08494.
 */
export class GroupNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  private readonly groups: number;
  private readonly epsilon: number;

  constructor(groups: number, channels: number, epsilon = 1e-5) {
    super();
    this.weight = new Parameter([channels], ones);
    this.bias = new Parameter([channels], zeros);
    this.groups = groups;
    this.epsilon = epsilon;
  }

  call(x: Tensor): Tensor {
    const context = contextOf(x);
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const perChannel = (parameter: Parameter) => context.parameter(parameter).reshape([1, c, 1, 1]);
    return x.graph.scope(context.path(this), () => {
      const rows = x.reshape([n, this.groups, (c / this.groups) * h * w]);
      const normal = rows.standardize(this.epsilon).reshape(x.shape);
      return normal.mul(perChannel(this.weight)).add(perChannel(this.bias));
    });
  }
}
