import type { Tensor } from '../core/tensor.ts';
import { ones, zeros } from './init.ts';
import { contextOf, Module, Parameter } from './module.ts';

/** Added to variances. Source: torchvision. */
export const FROZEN_EPSILON = 1e-5;

/**
 * Batch norm whose statistics, scale and bias stay as they were loaded, in training as well: detectors see too few
 * images at once for statistics of their own.
 * Shapes: [N,C,H,W] -> the same.
 * Source: torchvision.ops.FrozenBatchNorm2d.
 */
export class FrozenBatchNorm2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly running_mean: Parameter;
  readonly running_var: Parameter;
  private readonly epsilon: number;

  constructor(channels: number, epsilon = FROZEN_EPSILON) {
    super();
    this.weight = new Parameter([channels], ones, 'statistic');
    this.bias = new Parameter([channels], zeros, 'statistic');
    this.running_mean = new Parameter([channels], zeros, 'statistic');
    this.running_var = new Parameter([channels], ones, 'statistic');
    this.epsilon = epsilon;
  }

  call(x: Tensor): Tensor {
    const context = contextOf(x);
    const vectors = [this.weight, this.bias, this.running_mean, this.running_var].map((p) => context.parameter(p));
    return x.graph.scope(
      context.path(this),
      () => x.graph.apply('BatchNormInference', [x, ...vectors], { epsilon: this.epsilon })[0]!,
    );
  }
}
