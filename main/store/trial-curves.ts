/** What trials have reported: the primary metric, epoch by epoch. */

import type { ReadDb } from './db.ts';
import type { Sweep } from './sweeps.ts';

/** The primary metric of a trial's evaluated epochs, in order. */
export interface TrialCurve {
  readonly values: readonly number[];
  readonly epochs: readonly number[];
  readonly done: number;
  readonly seconds: number;
}

export const CURVES_OF_SWEEP = `
  SELECT trials.number, epochs.epoch, epochs.seconds, json_extract(metrics_json, '$.' || ?) AS value
  FROM trials JOIN epochs ON epochs.run_id = trials.run_id
  WHERE trials.sweep_id = ? ORDER BY trials.number, epochs.epoch`;

export const CURVE_OF_TRIAL = `
  SELECT trials.number, epochs.epoch, epochs.seconds, json_extract(metrics_json, '$.' || ?) AS value
  FROM trials JOIN epochs ON epochs.run_id = trials.run_id
  WHERE trials.sweep_id = ? AND trials.number = ? ORDER BY epochs.epoch`;

interface ReportedEpoch {
  readonly number: number;
  readonly epoch: number;
  readonly seconds: number;
  readonly value: number | null;
}

type Named = Pick<Sweep, 'id' | 'primary_metric'>;

/** Curves of a sweep's trials by their numbers; a trial without an epoch has none. */
export function curvesOf(db: ReadDb, { id, primary_metric }: Named): Map<number, TrialCurve> {
  return gathered(db.prepare(CURVES_OF_SWEEP).all(primary_metric, id) as ReportedEpoch[]);
}

/** Null for a trial without an epoch. */
export function curveOf(db: ReadDb, { id, primary_metric }: Named, trial: number): TrialCurve | null {
  return gathered(db.prepare(CURVE_OF_TRIAL).all(primary_metric, id, trial) as ReportedEpoch[]).get(trial) ?? null;
}

function gathered(rows: readonly ReportedEpoch[]): Map<number, TrialCurve> {
  const curves = new Map<number, { values: number[]; epochs: number[]; done: number; seconds: number }>();
  for (const { number, epoch, seconds, value } of rows) {
    const curve = curves.get(number) ?? { values: [], epochs: [], done: 0, seconds: 0 };
    curves.set(number, curve);
    curve.done++;
    curve.seconds += seconds;
    if (value === null) continue;
    curve.values.push(value);
    curve.epochs.push(epoch);
  }
  return curves;
}
