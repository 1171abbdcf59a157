/** A sweep that is kept current: what has changed is read, the rest is remembered. */

import type { BestTrial, SweepHead, SweepSummary, TrialSummary } from '../../preload/contract/sweep.ts';
import { latestRevision } from './changes.ts';
import type { ReadDb } from './db.ts';
import { type Sweep, sweepById } from './sweeps.ts';
import { curveOf, curvesOf, type TrialCurve } from './trial-curves.ts';
import { type Trial, trialOf, trialsOf } from './trials.ts';

/** Trials of a sweep that are not what they were at a revision: the trial itself, or its run. */
export const CHANGED_TRIALS = `
  SELECT CAST(substr(subject, instr(subject, '/') + 1) AS INTEGER) AS number FROM revisions
  WHERE revision > ? AND subject GLOB ? || '/*'
  UNION
  SELECT trials.number FROM revisions JOIN trials ON trials.run_id = revisions.subject
  WHERE revisions.revision > ? AND trials.sweep_id = ?
  ORDER BY 1`;

const RUNS_OF_SWEEP = `
  SELECT trials.number, runs.model, runs.device, json_extract(params_json, '$.number_of_epochs') AS epochs
  FROM trials JOIN runs ON runs.id = trials.run_id WHERE trials.sweep_id = ?`;

interface RunOfTrial {
  readonly number: number;
  readonly model: string;
  readonly device: string;
  readonly epochs: number;
}

export class LiveSweep {
  private readonly db: ReadDb;
  private readonly id: string;
  private sweep: Sweep;
  private revision: number | null = null;
  private readonly byNumber = new Map<number, TrialSummary>();
  /** The first trial of every configuration. */
  private readonly firstOf = new Map<string, number>();

  /** Errors: sweep-not-found. */
  constructor(db: ReadDb, id: string) {
    this.db = db;
    this.id = id;
    this.sweep = sweepById(db, id);
  }

  /** Reads what is new, and returns the trials that are not as they were; at first all. */
  refresh(): TrialSummary[] {
    return this.db.snapshot(() => {
      const { db, id, revision: before } = this;
      this.sweep = sweepById(db, id);
      this.revision = latestRevision(db);
      if (before === null) return this.readAll();
      if (before === this.revision) return [];
      const numbers = db.prepare(CHANGED_TRIALS).all(before, id, before, id) as { number: number }[];
      return numbers.map(({ number }) => this.readOne(number));
    });
  }

  /** As of the last refresh, in order of their numbers. */
  get trials(): TrialSummary[] {
    return [...this.byNumber.values()];
  }

  get summary(): SweepSummary {
    const { trial_count: _count, running_count: _running, ...sweep } = this.head;
    return { ...sweep, trials: this.trials };
  }

  get head(): SweepHead {
    const { sweep, trials } = this;
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
      trial_count: trials.length,
      running_count: trials.filter(({ state }) => state === 'running').length,
    };
  }

  private readAll(): TrialSummary[] {
    const { db, id } = this;
    const curves = curvesOf(db, this.sweep);
    const runs = new Map((db.prepare(RUNS_OF_SWEEP).all(id) as RunOfTrial[]).map((run) => [run.number, run]));
    return trialsOf(db, id).map((trial) =>
      this.keep(trial, curves.get(trial.number) ?? null, runs.get(trial.number) ?? null),
    );
  }

  private readOne(number: number): TrialSummary {
    const { db, id } = this;
    const run = db.prepare(`${RUNS_OF_SWEEP} AND trials.number = ?`).get(id, number) as RunOfTrial | undefined;
    return this.keep(trialOf(db, id, number), curveOf(db, this.sweep, number), run ?? null);
  }

  private keep(trial: Trial, curve: TrialCurve | null, run: RunOfTrial | null): TrialSummary {
    const key = JSON.stringify(trial.configuration);
    const first = this.firstOf.get(key) ?? trial.number;
    this.firstOf.set(key, first);
    const summary = toTrialSummary(trial, curve, run, first === trial.number ? null : first);
    this.byNumber.set(trial.number, summary);
    return summary;
  }
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
