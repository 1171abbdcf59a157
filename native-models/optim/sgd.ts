import type { Tensor } from '../core/tensor.ts';

export interface SgdOptions {
  readonly momentum: number;
  readonly nesterov: boolean;
  /** L2 penalty, added to the gradient of every parameter. */
  readonly weightDecay: number;
}

export interface SgdStep {
  readonly parameter: Tensor;
  readonly velocity: Tensor;
}

/**
 * One step of stochastic gradient descent. A first step from zero velocity equals torch's, which starts from the gradient.
 * Shapes: parameter, gradient and velocity alike; learningRate [].
 * Source: Sutskever et al. 2013, http://proceedings.mlr.press/v28/sutskever13.html, in torch.optim.SGD's form.
 */
export function sgdStep(
  parameter: Tensor,
  gradient: Tensor,
  velocity: Tensor,
  learningRate: Tensor,
  { momentum, nesterov, weightDecay }: SgdOptions,
): SgdStep {
  const decayed = weightDecay === 0 ? gradient : gradient.add(parameter.mul(weightDecay));
  const next = velocity.mul(momentum).add(decayed);
  const direction = nesterov ? decayed.add(next.mul(momentum)) : next;
  return { parameter: parameter.sub(direction.mul(learningRate)), velocity: next };
}
