import type { Predictions } from './predictions.ts';

/** Machine epsilon: the distance from 1 to the next larger number. */
const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 } as const;

/**
 * Mean negative log-likelihood of the true classes. Scores are clipped to [eps, 1 - eps], eps being the machine epsilon
 * of the precision they come in, and each row divided by its sum afterwards.
 * Units:  nats per sample.
 * Source: scikit-learn 1.2, `log_loss` with eps="auto". It works in the precision of the scores, this in float64.
 */
export function logLoss({ scores, truth, classes }: Predictions): number {
  const epsilon = scores instanceof Float32Array ? EPSILON.float32 : EPSILON.float64;
  const clip = (score: number) => Math.min(Math.max(score, epsilon), 1 - epsilon);
  let total = 0;
  for (let row = 0; row < truth.length; row++) {
    const start = row * classes;
    let sum = 0;
    for (let column = 0; column < classes; column++) sum += clip(scores[start + column]!);
    total -= Math.log(clip(scores[start + truth[row]!]!) / sum);
  }
  return total / truth.length;
}
