/**
 * When a trial is ended early. Every number is maximised, and an interval is one report of the primary metric.
 * Source: product specification, section 11.
 */

/** A trial as policies see it. */
export interface ReportingTrial {
  readonly number: number;
  /** What it is called where that is not by its number. */
  readonly name?: string;
  /** The primary metric, one value an interval, in order. */
  readonly reports: readonly number[];
  /** Whether it has ended, however. */
  readonly isFinished: boolean;
}

/** The numbers a policy went by. */
export interface Verdict {
  readonly isStopped: boolean;
  readonly value: number;
  /** Null where the policy goes by ranks. */
  readonly limit: number | null;
  readonly explanation: string;
}

/** Two values this near are equal: 0.8 - 0.2 is not 0.6 in binary. */
export const TOLERANCE = 1e-9;

/** The best of the first `interval` reports; null without any. */
export function bestUpTo({ reports }: ReportingTrial, interval: number): number | null {
  const seen = reports.slice(0, interval);
  return seen.length === 0 ? null : Math.max(...seen);
}

/** Four digits are enough to follow a decision. */
export const shown = (x: number): string => Number(x.toPrecision(4)).toString();
