/**
 * How far metrics could have come out otherwise on as many other samples from the same source: percentile intervals over
 * samples drawn anew with replacement.
 * A sample is drawn with all its labels. Draws are not stratified by class: the numbers of samples per class are as much
 * a matter of chance as the samples themselves, and with several labels per sample there are no strata.
 * Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
 */

/** What draws; each call gives a whole number from 0 up to, without, `upper`. */
export interface Draws {
  integer(upper: number): number;
}

export type Interval = readonly [low: number, high: number];

export const INTERVAL_LEVEL = 0.95;
export const USUAL_RESAMPLES = 1000;

/**
 * An interval for each of the numbers that `numbersOf` gives, always as many and in the same order; null for a number
 * that is null for every draw. A draw for which a number is undefined says nothing of it.
 * `counts` [N] says how often each sample was drawn.
 */
export function bootstrapIntervals(
  samples: number,
  numbersOf: (counts: Uint8Array) => readonly (number | null)[],
  options: { readonly resamples: number; readonly draws: Draws },
): (Interval | null)[] {
  const counts = new Uint8Array(samples); // that a sample is drawn more than 255 times has a chance below 1e-500
  const values: number[][] = [];
  for (let resample = 0; resample < options.resamples; resample++) {
    drawInto(counts, options.draws);
    numbersOf(counts).forEach((value, index) => {
      values[index] ??= [];
      if (value !== null) values[index].push(value);
    });
  }
  return values.map(percentileInterval);
}

function drawInto(counts: Uint8Array, draws: Draws): void {
  counts.fill(0);
  for (let i = 0; i < counts.length; i++) counts[draws.integer(counts.length)]! += 1;
}

function percentileInterval(values: readonly number[]): Interval | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return [quantile(sorted, (1 - INTERVAL_LEVEL) / 2), quantile(sorted, (1 + INTERVAL_LEVEL) / 2)];
}

/** Between two values in proportion, as numpy's. */
function quantile(sorted: Float64Array, share01: number): number {
  const at = share01 * (sorted.length - 1);
  const low = Math.floor(at);
  const next = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return sorted[low]! + (at - low) * (next - sorted[low]!);
}
