/**
 * Ends a trial whose best report is below the median of all trials' running averages; a trial with fewer reports takes
 * part with those it has.
 * Source: product specification, sections 11.2 and 22; Golovin et al. 2017, "Google Vizier", section 3.2.
 */

import { bestUpTo, type ReportingTrial, shown, TOLERANCE, type Verdict } from './pruner.ts';

export function medianStopping(trial: ReportingTrial, all: readonly ReportingTrial[]): Verdict {
  const interval = trial.reports.length;
  const own = bestUpTo(trial, interval)!;
  const averages = all.flatMap(({ reports }) => {
    const seen = reports.slice(0, interval);
    return seen.length === 0 ? [] : [seen.reduce((sum, value) => sum + value, 0) / seen.length];
  });
  const limit = median(averages);
  const explanation =
    `best so far ${shown(own)}, limit ${shown(limit)} = the median of ${averages.length} trials' averages up to ` +
    `interval ${interval}`;
  return { isStopped: own < limit - TOLERANCE, value: own, limit, explanation };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
