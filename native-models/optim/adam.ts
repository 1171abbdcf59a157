import type { Tensor } from '../core/tensor.ts';

export interface AdamOptions {
  /** `adam`: the decay is an L2 penalty in the gradient; `adamw`: it shrinks the weights apart from the gradient. */
  readonly kind: 'adam' | 'adamw';
  /** Below 1: at 1 nothing of the gradient would enter the mean. */
  readonly beta1: number;
  readonly beta2: number;
  /** Divides by the largest second moment so far instead of the present one. */
  readonly amsgrad: boolean;
  readonly weightDecay: number;
}

/** torch's default; it is no hyperparameter of the product. */
const EPSILON = 1e-8;

/**
 * Moments are kept as plain decayed sums, that is divided by (1 - beta): the first one then is a single scaled sum, and
 * what is missing goes into the two scalars below.
 */
export interface AdamMoments {
  readonly first: Tensor;
  readonly second: Tensor;
  /** Null without `amsgrad`. */
  readonly largest: Tensor | null;
}

/** Scalars of one step, alike for all parameters. */
export interface AdamScalars {
  /** Learning rate times the correction of the rate, with a minus sign. */
  readonly descent: Tensor;
  readonly epsilon: Tensor;
  /** How much of a weight AdamW adds to the direction it goes down: weight decay / correction of the rate. Null: none. */
  readonly pull: Tensor | null;
}

/**
 * Bias corrections of one step, for the moments as they are kept: the step is `rate * first / (sqrt(second) + epsilon)`
 * times the learning rate. They are computed outside the graph: in float32 no digits would be left of 1 - beta^t.
 * Units: `update` counts from 1.
 * Source: Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1, with torch's epsilon: added to the root of
 * the corrected second moment.
 */
export function adamCorrections(
  { beta1, beta2 }: Pick<AdamOptions, 'beta1' | 'beta2'>,
  update: number,
): { readonly rate: number; readonly epsilon: number } {
  const first = (1 - beta1) / (1 - beta1 ** update);
  const second = Math.sqrt((1 - beta2) / (1 - beta2 ** update));
  return { rate: first / second, epsilon: EPSILON / second };
}

/**
 * One step of Adam, AMSGrad or AdamW.
 * Shapes: parameter, gradient and moments alike; scalars [].
 * Source: Kingma and Ba 2015 as above; Reddi et al. 2018, https://openreview.net/forum?id=ryQu7f-RZ (the maximum is
 * taken before the correction, as torch does); Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101.
 */
export function adamStep(
  parameter: Tensor,
  gradient: Tensor,
  moments: AdamMoments,
  { descent, epsilon, pull }: AdamScalars,
  { kind, beta1, beta2, weightDecay }: Omit<AdamOptions, 'amsgrad'>,
): { readonly parameter: Tensor; readonly moments: AdamMoments } {
  const isPenalty = kind === 'adam' && weightDecay !== 0;
  const slope = isPenalty ? parameter.scaleAdd(weightDecay, gradient) : gradient;
  const first = moments.first.scaleAdd(beta1, slope);
  const second = moments.second.scaleAdd(beta2, slope.mul(slope));
  const largest = moments.largest === null ? null : larger(moments.largest, second);
  const direction = first.div((largest ?? second).sqrt().add(epsilon));
  // (1 - rate * decay) * parameter + descent * direction, in an order that writes over parameter and direction alone.
  const pulled = pull === null ? direction : parameter.scaleAdd(pull, direction);
  return { parameter: pulled.scaleAdd(descent, parameter), moments: { first, second, largest } };
}

const larger = (a: Tensor, b: Tensor): Tensor => a.greater(b).where(a, b);
