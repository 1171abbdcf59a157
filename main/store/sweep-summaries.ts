/** Sweeps as every door shows them: their trials with curves, the best of them, and what the policy has saved. */

import type { BestTrial, SweepHead, SweepSummary, TrialSummary } from '../../preload/contract/sweep.ts';
import type { ReadDb } from './db.ts';
import { allSweeps, type Sweep, sweepById } from './sweeps.ts';
import { type Trial, trialsOf } from './trials.ts';

/** Every sweep, oldest first. */
export function sweepSummaries(db: ReadDb): SweepSummary[] {
  return db.snapshot(() => allSweeps(db).map((sweep) => toSummary(db, sweep)));
}

/** Errors: sweep-not-found. */
export function sweepSummary(db: ReadDb, id: string): SweepSummary {
  return db.snapshot(() => toSummary(db, sweepById(db, id)));
}

/** A sweep without its trials. */
export const sweepHead = ({ trials, ...sweep }: SweepSummary): SweepHead => ({
  ...sweep,
  trial_count: trials.length,
  running_count: trials.filter(({ state }) => state === 'running').length,
});

/** For every sweep a text that changes with whatever `sweepSummary` would tell of it. */
export function sweepFingerprints(db: ReadDb): Map<string, string> {
  const rows = db.prepare(SWEEP_FINGERPRINTS).all() as { id: string; fingerprint: string }[];
  return new Map(rows.map((row) => [row.id, row.fingerprint]));
}

export const SWEEP_FINGERPRINTS = `
  SELECT sweeps.id, json_array(sweeps.state, sweeps.reason, sweeps.plan_json, count(trials.number),
      sum((SELECT count(*) FROM epochs WHERE epochs.run_id = trials.run_id)),
      group_concat(trials.state || coalesce(trials.decision_json, ''))) AS fingerprint
  FROM sweeps LEFT JOIN trials ON trials.sweep_id = sweeps.id
  GROUP BY sweeps.id`;

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

/** Curves of a sweep's trials by their numbers. */
export function curvesOf(
  db: ReadDb,
  { id, primary_metric }: Pick<Sweep, 'id' | 'primary_metric'>,
): Map<number, TrialCurve> {
  const rows = db.prepare(CURVES_OF_SWEEP).all(primary_metric, id) as {
    number: number;
    epoch: number;
    seconds: number;
    value: number | null;
  }[];
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

const RUNS_OF_SWEEP = `
  SELECT trials.number, runs.model, runs.device, json_extract(params_json, '$.number_of_epochs') AS epochs
  FROM trials JOIN runs ON runs.id = trials.run_id WHERE trials.sweep_id = ?`;

interface RunOfTrial {
  readonly number: number;
  readonly model: string;
  readonly device: string;
  readonly epochs: number;
}

function toSummary(db: ReadDb, sweep: Sweep): SweepSummary {
  const curves = curvesOf(db, sweep);
  const rows = db.prepare(RUNS_OF_SWEEP).all(sweep.id) as RunOfTrial[];
  const runs = new Map(rows.map((row) => [row.number, row]));
  const firstOf = new Map<string, number>();
  const trials = trialsOf(db, sweep.id).map((trial) => {
    const key = JSON.stringify(trial.configuration);
    const first = firstOf.get(key) ?? null;
    if (first === null) firstOf.set(key, trial.number);
    return toTrialSummary(trial, curves.get(trial.number) ?? null, runs.get(trial.number) ?? null, first);
  });
  return {
    id: sweep.id,
    name: sweep.plan.name,
    state: sweep.state,
    reason: sweep.reason,
    primary_metric: sweep.primary_metric,
    plan: sweep.plan,
    created_at_ms: sweep.created_at_ms,
    started_at_ms: sweep.started_at_ms,
    finished_at_ms: sweep.finished_at_ms,
    active_ms: sweep.active_ms,
    best: bestOf(trials),
    epochs: epochsOf(trials),
    trials,
  };
}

function toTrialSummary(
  trial: Trial,
  curve: TrialCurve | null,
  run: RunOfTrial | null,
  duplicateOf: number | null,
): TrialSummary {
  const values = [...(curve?.values ?? [])];
  const best = values.length === 0 ? null : Math.max(...values);
  return {
    number: trial.number,
    state: trial.state,
    reason: trial.reason,
    run: trial.run_id,
    model: run?.model ?? null,
    device: run?.device ?? null,
    configuration: { ...trial.configuration },
    duplicate_of: duplicateOf,
    attempts: trial.attempts,
    values,
    best,
    best_epoch: best === null ? null : curve!.epochs[values.indexOf(best)]!,
    epochs_done: curve?.done ?? 0,
    epochs_planned: run?.epochs ?? 0,
    seconds: curve?.seconds ?? 0,
    decision: trial.decision,
    started_at_ms: trial.started_at_ms,
    finished_at_ms: trial.finished_at_ms,
  };
}

/** Of equal trials the first. */
function bestOf(trials: readonly TrialSummary[]): BestTrial | null {
  let best: BestTrial | null = null;
  for (const { number, run, best: value, best_epoch: epoch } of trials) {
    if (run === null || value === null || (best !== null && value <= best.value)) continue;
    best = { trial: number, run, value, epoch: epoch! };
  }
  return best;
}

function epochsOf(trials: readonly TrialSummary[]): SweepSummary['epochs'] {
  const stopped = trials.filter(({ state }) => state === 'stopped');
  const saved = ({ epochs_planned: planned, epochs_done: done }: TrialSummary) => planned - done;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    planned: sum(trials.map(({ epochs_planned }) => epochs_planned)),
    done: sum(trials.map(({ epochs_done }) => epochs_done)),
    saved: sum(stopped.map(saved)),
    saved_seconds: sum(stopped.map((trial) => (saved(trial) * trial.seconds) / Math.max(1, trial.epochs_done))),
  };
}
