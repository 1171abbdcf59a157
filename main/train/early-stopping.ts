/**
 * When a run stops because it no longer gets better.
 * Source: product specification, section 6.7.2 and its recommended decisions: the best value so far counts, the delay
 * window included, and only a strictly greater value is an improvement.
 */

export interface EarlyStoppingRule {
  /** Evaluations at the start whose misses are not counted. */
  readonly delay: number;
  /** Evaluations in a row without improvement that end the run. */
  readonly patience: number;
}

/** `evaluations`: the primary metric of every evaluation so far, in order; larger is better. */
export function shouldStop(evaluations: readonly number[], { delay, patience }: EarlyStoppingRule): boolean {
  let best = Number.NEGATIVE_INFINITY;
  let misses = 0;
  evaluations.forEach((value, i) => {
    misses = value > best || i < delay ? 0 : misses + 1;
    best = Math.max(best, value);
  });
  return misses >= patience;
}
