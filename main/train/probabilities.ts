/** From the logits of one image to its probabilities, and to the loss that training would have had on it. */

import type { Activation } from '../../native-models/training.ts';

/** Shapes: logits [C] -> probabilities [C]. */
export function probabilitiesOf(logits: ArrayLike<number>, activation: Activation): number[] {
  if (activation === 'sigmoid') return Array.from(logits, sigmoid);
  const peak = peakOf(logits);
  const powers = Array.from(logits, (x) => Math.exp(x - peak));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/**
 * Cross-entropy of the true classes, for sigmoid averaged over all classes.
 * Units: nats.
 */
export function crossEntropy(logits: ArrayLike<number>, labels: readonly number[], activation: Activation): number {
  if (activation === 'softmax') {
    const peak = peakOf(logits);
    const total = Array.from(logits, (x) => Math.exp(x - peak)).reduce((sum, power) => sum + power, 0);
    return Math.log(total) + peak - logits[labels[0]!]!;
  }
  // -log sigmoid(x) = softplus(x) - x and -log(1 - sigmoid(x)) = softplus(x).
  const all = Array.from(logits, softplus).reduce((sum, loss) => sum + loss, 0);
  return labels.reduce((sum, label) => sum - logits[label]!, all) / logits.length;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const peakOf = (logits: ArrayLike<number>): number =>
  Array.from(logits).reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
