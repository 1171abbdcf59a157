/**
 * Whether scores can be taken at their word: of the samples a class is given 0.8, eight in ten should be of it.
 * Source: bins of equal width as scikit-learn 1.2's `calibration_curve(strategy="uniform")`; ten of them as Niculescu-Mizil
 * and Caruana 2005; expected calibration error as Guo et al. 2017, eq. 3.
 */

import type { Predictions } from './predictions.ts';
import type { SortedColumn } from './sorted-column.ts';

const CALIBRATION_BINS = 10;

/** One entry per bin; bins without samples have none. */
export interface Calibration {
  readonly mean_score: readonly number[];
  readonly share_of_positives: readonly number[];
  readonly samples: readonly number[];
  /** Mean distance between the two, weighted by samples. */
  readonly expected_calibration_error: number;
}

const EDGES = Float64Array.from({ length: CALIBRATION_BINS + 1 }, (_, i) => i * (1 / CALIBRATION_BINS));

/** Bin b holds scores in (b / 10, (b + 1) / 10], the first one 0 as well. */
export class CalibrationBins {
  private readonly samples = new Float64Array(CALIBRATION_BINS);
  private readonly scores = new Float64Array(CALIBRATION_BINS);
  private readonly positives = new Float64Array(CALIBRATION_BINS);

  static of({ scores, truth }: SortedColumn): CalibrationBins {
    const bins = new CalibrationBins();
    let from = 0;
    for (const bin of BINS) {
      const isLast = bin === CALIBRATION_BINS - 1;
      let [end, total, positives] = [from, 0, 0];
      for (; end < scores.length && (isLast || scores[end]! <= EDGES[bin + 1]!); end++) {
        total += scores[end]!;
        positives += truth[end]!;
      }
      bins.samples[bin] = end - from;
      bins.scores[bin] = total;
      bins.positives[bin] = positives;
      from = end;
    }
    return bins;
  }

  /** Of the score of the class that was predicted, against its being the true one. Shapes: predicted [N]. */
  static ofPredicted({ scores, truth, classes }: Predictions, predicted: Int32Array): CalibrationBins {
    const bins = new CalibrationBins();
    for (let row = 0; row < truth.length; row++) {
      bins.add(scores[row * classes + predicted[row]!]!, predicted[row] === truth[row] ? 1 : 0);
    }
    return bins;
  }

  /** All pairs of sample and question. */
  static pooled(questions: readonly CalibrationBins[]): CalibrationBins {
    const pooled = new CalibrationBins();
    for (const { samples, scores, positives } of questions) {
      for (const bin of BINS) {
        pooled.samples[bin]! += samples[bin]!;
        pooled.scores[bin]! += scores[bin]!;
        pooled.positives[bin]! += positives[bin]!;
      }
    }
    return pooled;
  }

  /**
   * Bin by bin the mean over the questions that have samples there; the error is the mean of all errors. Questions of
   * weight 0 are left out; null where there is no other.
   */
  static average(questions: readonly CalibrationBins[], weight: (index: number) => number): Calibration | null {
    const weighted = questions
      .map((bins, index) => ({ bins, weight: weight(index) }))
      .filter((entry) => entry.weight > 0);
    if (weighted.length === 0) return null;
    const mean = (entries: typeof weighted, value: (bins: CalibrationBins) => number) =>
      entries.reduce((sum, entry) => sum + entry.weight * value(entry.bins), 0) /
      entries.reduce((sum, entry) => sum + entry.weight, 0);
    const filled = BINS.map((bin) => ({ bin, entries: weighted.filter(({ bins }) => bins.samples[bin]! > 0) })).filter(
      ({ entries }) => entries.length > 0,
    );
    return {
      mean_score: filled.map(({ bin, entries }) => mean(entries, (bins) => bins.scores[bin]! / bins.samples[bin]!)),
      share_of_positives: filled.map(({ bin, entries }) =>
        mean(entries, (bins) => bins.positives[bin]! / bins.samples[bin]!),
      ),
      samples: filled.map(({ bin, entries }) => entries.reduce((sum, { bins }) => sum + bins.samples[bin]!, 0)),
      expected_calibration_error: mean(weighted, (bins) => bins.expectedError()),
    };
  }

  calibration(): Calibration {
    const { samples, scores, positives } = this;
    const filled = BINS.filter((bin) => samples[bin]! > 0);
    return {
      mean_score: filled.map((bin) => scores[bin]! / samples[bin]!),
      share_of_positives: filled.map((bin) => positives[bin]! / samples[bin]!),
      samples: filled.map((bin) => samples[bin]!),
      expected_calibration_error: this.expectedError(),
    };
  }

  private expectedError(): number {
    const error = BINS.reduce((sum, bin) => sum + Math.abs(this.scores[bin]! - this.positives[bin]!), 0);
    return error / this.samples.reduce((sum, count) => sum + count, 0);
  }

  private add(score: number, isPositive: number): void {
    const above = EDGES.findIndex((edge) => score <= edge);
    const bin = above < 0 ? CALIBRATION_BINS - 1 : Math.max(0, above - 1);
    this.samples[bin]! += 1;
    this.scores[bin]! += score;
    this.positives[bin]! += isPositive;
  }
}

const BINS = Array.from({ length: CALIBRATION_BINS }, (_, bin) => bin);
