/** Layers with parameters. Names of fields are torch's, since they become parts of parameter names. */

import type { Pads } from '../core/primitives.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import { padsOf, pair, type Tensor } from '../core/tensor.ts';
import { momentsFrom, saidOf } from './batch-statistics.ts';
import { type Init, ones, zeros } from './init.ts';
import { contextOf, Module, Parameter } from './module.ts';

/**
 * `same-upper`: as many rows and columns as make the output ceil(size / stride), an odd one at the bottom and right.
 * Source: ONNX Conv, `auto_pad = SAME_UPPER`; TensorFlow's "SAME".
 */
export type Padding = number | 'same-upper';

export interface Conv2dOptions {
  readonly stride?: number;
  readonly padding?: Padding;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  readonly init?: Init;
  /** By default zeros. */
  readonly biasInit?: Init;
}

/** Shapes: [N,C,H,W] -> [N,K,Ho,Wo]. */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  private readonly options: Required<Pick<Conv2dOptions, 'stride' | 'padding' | 'dilation' | 'groups'>>;

  constructor(inputs: number, outputs: number, kernel: number, options: Conv2dOptions = {}) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
    const init = options.init ?? { kind: 'kaiming-normal', fan: 'out' };
    this.options = { stride, padding, dilation, groups };
    this.weight = new Parameter([outputs, inputs / groups, kernel, kernel], init);
    this.bias = bias ? new Parameter([outputs], options.biasInit ?? zeros) : null;
  }

  call(x: Tensor): Tensor {
    const context = contextOf(x);
    const { stride, dilation, groups } = this.options;
    const bias = this.bias === null ? null : context.parameter(this.bias);
    const attrs = { strides: pair(stride), pads: this.pads(x), dilations: pair(dilation), group: groups };
    return x.graph.scope(context.path(this), () => x.conv(context.parameter(this.weight), bias, attrs));
  }

  private pads(x: Tensor): Pads {
    const { stride, padding, dilation } = this.options;
    if (padding !== 'same-upper') return [padding, padding, padding, padding];
    const reach = dilation * (this.weight.shape[2]! - 1) + 1;
    const [down, across] = [x.shape[2]!, x.shape[3]!].map((size) =>
      Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size),
    ) as [number, number];
    return [Math.floor(down / 2), Math.floor(across / 2), Math.ceil(down / 2), Math.ceil(across / 2)];
  }
}

export interface ConvTranspose2dOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
  readonly init?: Init;
}

/** Transposed convolution with a bias. Shapes: [N,C,H,W] -> [N,K,(H-1)*stride-2*padding+kernel,…]. */
export class ConvTranspose2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  private readonly options: Required<Omit<ConvTranspose2dOptions, 'init'>>;

  constructor(inputs: number, outputs: number, kernel: number, options: ConvTranspose2dOptions = {}) {
    super();
    const { stride = 1, padding = 0, groups = 1 } = options;
    const init = options.init ?? { kind: 'kaiming-normal', fan: 'out' };
    this.options = { stride, padding, groups };
    this.weight = new Parameter([inputs, outputs / groups, kernel, kernel], init);
    this.bias = new Parameter([outputs], zeros);
  }

  call(x: Tensor): Tensor {
    const context = contextOf(x);
    const { stride, padding, groups } = this.options;
    const attrs = { strides: pair(stride), pads: padsOf(padding), dilations: pair(1), group: groups };
    const bias = context.parameter(this.bias).reshape([1, this.bias.shape[0]!, 1, 1]);
    return x.graph.scope(context.path(this), () => x.convTranspose(context.parameter(this.weight), attrs).add(bias));
  }
}

/** How much of each batch's statistics enters the running ones; torch's default. */
const MOMENTUM = 0.1;

/**
 * Batch norm over N, H and W; running statistics as torch keeps them: normalisation by the population variance, the
 * running one unbiased.
 * Shapes: [N,C,H,W] -> the same.
 * Source: Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167.
 */
export class BatchNorm2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly running_mean: Parameter;
  readonly running_var: Parameter;
  private readonly epsilon: number;

  constructor(channels: number, epsilon = 1e-5) {
    super();
    this.weight = new Parameter([channels], ones);
    this.bias = new Parameter([channels], zeros);
    this.running_mean = new Parameter([channels], zeros, 'statistic');
    this.running_var = new Parameter([channels], ones, 'statistic');
    this.epsilon = epsilon;
  }

  call(x: Tensor): Tensor {
    const context = contextOf(x);
    const takesBatch = context.isTraining(this) && !context.keepsStatistics;
    return x.graph.scope(context.path(this), () => (takesBatch ? this.train(x) : this.infer(x)));
  }

  private train(x: Tensor): Tensor {
    const context = contextOf(x);
    const [scale, bias] = [context.parameter(this.weight), context.parameter(this.bias)];
    const count = x.shape[0]! * x.shape[2]! * x.shape[3]!;
    const common = this.acrossBatches(x, count);
    if (common !== null) {
      return x.graph.apply('BatchNormInference', [x, scale, bias, ...common], { epsilon: this.epsilon })[0]!;
    }
    const [y, mean, variance] = x.graph.apply('BatchNormTrain', [x, scale, bias], { epsilon: this.epsilon });
    const unbiased = variance!.mul(count / Math.max(1, count - 1));
    context.blend(this.running_mean, mean!, MOMENTUM);
    context.blend(this.running_var, unbiased, MOMENTUM);
    return y!;
  }

  /** Mean and variance over all batches of the update, where these are to be seen as one. */
  private acrossBatches(x: Tensor, count: number): readonly [mean: Tensor, variance: Tensor] | null {
    const context = contextOf(x);
    if (!context.areBatchesOne) return null;
    const [mean, variance] = x.graph.apply('ChannelMoments', [x], {}) as [Tensor, Tensor];
    const shift = context.parameter(this.running_mean);
    const parameters = { mean: this.running_mean, variance: this.running_var };
    const said = { vector: saidOf(mean, variance, shift), ...parameters, count, momentum: MOMENTUM };
    return momentsFrom(context.acrossBatches(this, said), shift);
  }

  private infer(x: Tensor): Tensor {
    const context = contextOf(x);
    const vectors = [this.weight, this.bias, this.running_mean, this.running_var].map((p) => context.parameter(p));
    return x.graph.apply('BatchNormInference', [x, ...vectors], { epsilon: this.epsilon })[0]!;
  }
}

/** Shapes: [...,inputs] -> [...,outputs]; the weight is kept as torch does, [outputs,inputs]. */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(inputs: number, outputs: number, init: { weight?: Init; bias?: Init } = {}) {
    super();
    this.weight = new Parameter([outputs, inputs], init.weight ?? { kind: 'uniform-fan-in', fanIn: inputs });
    this.bias = new Parameter([outputs], init.bias ?? { kind: 'uniform-fan-in', fanIn: inputs });
  }

  call(x: Tensor): Tensor {
    return this.callParts([x])[0]!;
  }

  /** The outputs in equal parts, each made from an operand of its own. Shapes: [...,inputs] -> [...,outputs/parts] each. */
  callParts(operands: readonly Tensor[]): Tensor[] {
    const context = contextOf(operands[0]!);
    const [weights, biases] = [this.weight, this.bias].map((p) => evenParts(context.parameter(p), operands.length));
    return operands.map((x, i) =>
      x.graph.scope(context.path(this), () => {
        const leading = x.shape.slice(0, -1);
        const rows = x.reshape([sizeOf(leading), x.shape.at(-1)!]);
        return rows.linear(weights![i]!, biases![i]!).reshape([...leading, weights![i]!.shape[0]!]);
      }),
    );
  }
}

/** Along the first axis. */
function evenParts(x: Tensor, count: number): readonly Tensor[] {
  if (count === 1) return [x];
  return x.split(new Array<number>(count).fill(x.shape[0]! / count), 0);
}

/** Zeroes x with the given probability in training, one draw for each element of `draws`, and scales the rest up. */
function thinned(layer: Module, x: Tensor, draws: Shape, probability: number): Tensor {
  const context = contextOf(x);
  if (probability === 0 || !context.isTraining(layer)) return x;
  const isKept = context.noise(draws).greater(probability).cast('float32');
  return x.mul(isKept.mul(1 / (1 - probability)));
}

/**
 * Zeroes elements with the given probability in training and scales the rest up; does nothing in evaluation.
 * The random numbers come from outside, so that a resumed run draws the ones it would have drawn.
 * Source: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html.
 */
export class Dropout extends Module {
  private readonly probability: number;

  constructor(probability: number) {
    super();
    this.probability = probability;
  }

  call(x: Tensor): Tensor {
    return thinned(this, x, x.shape, this.probability);
  }
}

/**
 * Leaves out a whole branch for some images, with the given probability, in training; scales it up for the rest.
 * Shapes: [N,...] -> the same; one draw per image.
 * Source: Huang et al. 2016, https://arxiv.org/abs/1603.09382; scaled as in timm's DropPath.
 */
export class DropPath extends Module {
  private readonly probability: number;

  constructor(probability: number) {
    super();
    this.probability = probability;
  }

  call(x: Tensor): Tensor {
    const perImage = x.shape.map((side, axis) => (axis === 0 ? side : 1));
    return thinned(this, x, perImage, this.probability);
  }
}

/** Mean over each map. Shapes: [N,C,H,W] -> [N,C]. */
export const globalAveragePool = (x: Tensor): Tensor => x.mean([2, 3]);

/**
 * A map beside its maxima over windows of growing size, each pool taken on the one before.
 * Shapes: [N,C,H,W] -> [N,4C,H,W].
 * Source: He et al. 2014, https://arxiv.org/abs/1406.4729; stacked as YOLOv5's "SPPF".
 */
export function spatialPyramidPool(x: Tensor, kernel = 5): Tensor {
  const pool = (y: Tensor) => y.maxPool({ kernel, stride: 1, padding: (kernel - 1) / 2 });
  const once = pool(x);
  const twice = pool(once);
  return x.concat([once, twice, pool(twice)], 1);
}
