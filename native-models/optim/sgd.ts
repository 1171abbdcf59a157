import type { Tensor } from '../core/tensor.ts';

export interface SgdOptions {
  readonly kind: 'sgd';
  readonly momentum: number;
  readonly nesterov: boolean;
  /** L2 penalty, added to the gradient. */
  readonly weightDecay: number;
}

export interface SgdStep {
  readonly parameter: Tensor;
  /** Null without momentum. */
  readonly velocity: Tensor | null;
}

/**
 * One step of stochastic gradient descent. A first step from zero velocity equals torch's, which starts from the
 * gradient. Without momentum there is no velocity to keep, and none is read.
 * Shapes: parameter, gradient and velocity alike; descent [], the learning rate with a minus sign.
 * Source: Sutskever et al. 2013, http://proceedings.mlr.press/v28/sutskever13.html, in torch.optim.SGD's form.
 */
export function sgdStep(
  parameter: Tensor,
  gradient: Tensor,
  velocity: Tensor | null,
  descent: Tensor,
  { momentum, nesterov, weightDecay }: Omit<SgdOptions, 'kind'>,
): SgdStep {
  const decayed = weightDecay === 0 ? gradient : parameter.scaleAdd(weightDecay, gradient);
  const next = velocity === null ? null : velocity.scaleAdd(momentum, decayed);
  const heavyBall = next ?? decayed;
  const direction = nesterov && next !== null ? next.scaleAdd(momentum, decayed) : heavyBall;
  return { parameter: direction.scaleAdd(descent, parameter), velocity: next };
}
