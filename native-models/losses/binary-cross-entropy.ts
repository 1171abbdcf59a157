import type { Tensor } from '../core/tensor.ts';
import { type Reduction, reduceLoss } from './reduction.ts';
import { requireSameShape } from './require.ts';

export interface BinaryCrossEntropyOptions {
  readonly reduction?: Reduction;
  /** Factor of the positive part, per class or broadcast in another way; null for 1. */
  readonly positiveWeights?: Tensor | null;
}

/**
 * Binary cross-entropy of sigmoid(logits), in a form that neither overflows nor loses small probabilities.
 * Shapes: logits [...], targets [...] in [0,1], positiveWeights broadcasting to them -> scalar [], or [...] unreduced.
 * Units:  nats per element.
 * Errors: ShapeError when targets do not fit logits.
 * Source: torch.nn.BCEWithLogitsLoss.
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor, options: BinaryCrossEntropyOptions = {}): Tensor {
  const { reduction = 'mean', positiveWeights = null } = options;
  requireSameShape('binaryCrossEntropy', { logits, targets });
  // -log sigmoid(x) = softplus(x) - x and -log(1 - sigmoid(x)) = softplus(x).
  if (positiveWeights === null) return reduceLoss(logits.softplus().sub(logits.mul(targets)), reduction);
  const negatives = targets.neg().add(1);
  const factor = targets.mul(positiveWeights).add(negatives);
  return reduceLoss(negatives.mul(logits).add(factor.mul(logits.neg().softplus())), reduction);
}
