/** Log loss, sample by sample. Source: scikit-learn 1.2, `log_loss` with eps="auto", here in float64 throughout. */

import type { LabelPredictions, Predictions, Scores } from './predictions.ts';

/** Machine epsilon: the distance from 1 to the next larger number. */
const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 } as const;

/** Another factor, at least 2^-52, keeps it far from the smallest number there is, 2^-1022. */
const SMALL_PRODUCT = 2 ** -900;

const epsilonOf = (scores: Scores): number => (scores instanceof Float32Array ? EPSILON.float32 : EPSILON.float64);

/**
 * Negative log-likelihood of each sample's true class. Scores are clipped to [eps, 1 - eps], eps being the machine
 * epsilon of the precision they come in, and each row divided by its sum afterwards.
 * Shapes: [N]. Units: nats.
 */
export function classLosses({ scores, truth, classes }: Predictions): Float64Array {
  const epsilon = epsilonOf(scores);
  const losses = new Float64Array(truth.length);
  for (let row = 0; row < truth.length; row++) {
    const start = row * classes;
    let total = 0;
    for (let column = 0; column < classes; column++) total += clip(scores[start + column]!, epsilon);
    losses[row] = -Math.log(clip(scores[start + truth[row]!]!, epsilon) / total);
  }
  return losses;
}

/**
 * Negative log-likelihood of each sample's labels, being there or not: the mean over classes of the binary
 * cross-entropy, clipped as above. Its mean over samples is what torch's `BCELoss` gives.
 * Shapes: [N]. Units: nats per sample and class.
 */
export function labelLosses({ scores, truth, classes }: LabelPredictions): Float64Array {
  const epsilon = epsilonOf(scores);
  const losses = new Float64Array(truth.length / classes);
  for (let row = 0; row < losses.length; row++) {
    // One logarithm of many likelihoods, taken before their product runs out of exponents.
    let [total, product] = [0, 1];
    for (let cell = row * classes; cell < (row + 1) * classes; cell++) {
      const score = clip(scores[cell]!, epsilon);
      product *= truth[cell] === 1 ? score : 1 - score;
      if (product > SMALL_PRODUCT) continue;
      total -= Math.log(product);
      product = 1;
    }
    losses[row] = (total - Math.log(product)) / classes;
  }
  return losses;
}

function clip(score: number, epsilon: number): number {
  return score < epsilon ? epsilon : score > 1 - epsilon ? 1 - epsilon : score;
}

/** `counts` says how often each sample counts; all once without it. */
export function meanLoss(losses: Float64Array, counts: Uint8Array | null = null): number {
  let total = 0;
  let samples = 0;
  for (let row = 0; row < losses.length; row++) {
    const count = counts === null ? 1 : counts[row]!;
    total += count * losses[row]!;
    samples += count;
  }
  return total / samples;
}
