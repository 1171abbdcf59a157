import { assert } from '../core/assert.ts';
import type { Tensor } from '../core/tensor.ts';
import { requireSameShape } from './require.ts';

/**
 * Smooth L1, one value per element: a parabola up to a distance of beta, then a straight line; beta 0 is plain L1.
 * Shapes: prediction [...], target [...] -> [...].
 * Errors: ShapeError when they differ.
 * Source: Girshick 2015, https://arxiv.org/abs/1504.08083, eq. 3; beta as in torch.nn.SmoothL1Loss.
 */
export function smoothL1(prediction: Tensor, target: Tensor, beta = 1): Tensor {
  assert(beta >= 0, `smoothL1: beta is ${beta}, below 0`);
  requireSameShape('smoothL1', { prediction, target });
  const distance = prediction.sub(target);
  if (beta === 0) return distance.abs();
  // With q the distance held within beta: q * (d - q / 2) is d^2 / 2 inside and beta * (|d| - beta / 2) outside.
  const held = distance.clip(-beta, beta);
  return held.mul(distance.sub(held.mul(0.5))).mul(1 / beta);
}
