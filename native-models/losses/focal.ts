import type { Tensor } from '../core/tensor.ts';
import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { requireSameShape } from './require.ts';

export interface FocalOptions {
  /** Weight of positives; negatives get the rest to 1. Null leaves both at 1. */
  readonly alpha?: number | null;
  /** How much less an element counts that is already right. */
  readonly gamma?: number;
}

/**
 * Sigmoid focal loss, one value per element: the caller weighs, sums and divides by the number of positives.
 * Shapes: logits [...], targets [...] in {0,1} -> [...].
 * Units:  nats per element.
 * Errors: ShapeError when targets do not fit logits.
 * Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002, eq. 5; torchvision.ops.sigmoid_focal_loss.
 */
export function focalLoss(logits: Tensor, targets: Tensor, { alpha = 0.25, gamma = 2 }: FocalOptions = {}): Tensor {
  requireSameShape('focalLoss', { logits, targets });
  const crossEntropy = binaryCrossEntropy(logits, targets, { reduction: 'none' });
  // The probability of the wrong answer: p for a negative, 1 - p for a positive.
  const probability = logits.sigmoid();
  const wrong = probability.add(targets).sub(probability.mul(targets).mul(2));
  const loss = crossEntropy.mul(wrong.pow(gamma));
  return alpha === null ? loss : loss.mul(targets.mul(2 * alpha - 1).add(1 - alpha));
}
