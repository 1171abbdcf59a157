/**
 * Trials of sweeps and their states:
 * queued -> running -> completed | stopped | cancelled | failed; running -> queued, to go on later; an end but
 * `completed` -> queued, when a person wants it again.
 * Every step is one UPDATE whose WHERE names the states it may start from.
 */

import { AppError } from '../../preload/contract/errors.ts';
import type { TrialState } from '../../preload/contract/sweep.ts';
import type { PolicyDecision, Scalar } from '../../preload/contract/sweep-plan.ts';
import type { ReadDb, WriteDb } from './db.ts';

export interface NewTrial {
  readonly sweep_id: string;
  readonly number: number;
  readonly configuration: Readonly<Record<string, Scalar>>;
  /** Null where the configuration cannot be trained; the trial has failed then, for `reason`. */
  readonly run_id: string | null;
  readonly reason: string | null;
  readonly created_at_ms: number;
}

export interface Trial extends NewTrial {
  readonly state: TrialState;
  readonly attempts: number;
  readonly decision: PolicyDecision | null;
  readonly started_at_ms: number | null;
  readonly finished_at_ms: number | null;
}

interface StoredTrial extends Omit<Trial, 'configuration' | 'decision'> {
  readonly configuration_json: string;
  readonly decision_json: string | null;
}

/** Adds a trial: `queued`, or `failed` where there is no run for it. */
export function addTrial(db: WriteDb, trial: NewTrial): void {
  const isFailed = trial.run_id === null;
  db.prepare(`
    INSERT INTO trials (sweep_id, number, state, reason, run_id, configuration_json, created_at_ms, finished_at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`).run(
    trial.sweep_id,
    trial.number,
    isFailed ? 'failed' : 'queued',
    trial.reason,
    trial.run_id,
    JSON.stringify(trial.configuration),
    trial.created_at_ms,
    isFailed ? trial.created_at_ms : null,
  );
}

/** Trials of a sweep in order of their numbers. */
export function trialsOf(db: ReadDb, sweep: string): Trial[] {
  const rows = db.prepare('SELECT * FROM trials WHERE sweep_id = ? ORDER BY number').all(sweep) as StoredTrial[];
  return rows.map(toTrial);
}

/** Errors: sweep-wrong-state when there is none of that number. */
export function trialOf(db: ReadDb, sweep: string, number: number): Trial {
  const row = db.prepare('SELECT * FROM trials WHERE sweep_id = ? AND number = ?').get(sweep, number);
  if (row === undefined) throw wrongState(db, sweep, number, 'read');
  return toTrial(row as StoredTrial);
}

export const CLAIM_NEXT = `
  UPDATE trials SET state = 'running', attempts = attempts + 1, started_at_ms = coalesce(started_at_ms, ?)
  WHERE sweep_id = ? AND number = (
    SELECT number FROM trials WHERE sweep_id = ? AND state = 'queued' ORDER BY number LIMIT 1)
  RETURNING *`;

/** Takes the oldest queued trial, or null when there is none. The UPDATE is the lock. */
export function claimNext(db: WriteDb, sweep: string, nowMs: number): Trial | null {
  const row = db.prepare(CLAIM_NEXT).get(nowMs, sweep, sweep) as StoredTrial | undefined;
  return row === undefined ? null : toTrial(row);
}

/** running -> queued. `isAttempt` false: it was put aside, which does not count as a try. */
export function returnTrial(
  db: WriteDb,
  { sweep_id, number }: Pick<Trial, 'sweep_id' | 'number'>,
  isAttempt: boolean,
): void {
  const { changes } = db
    .prepare(`
      UPDATE trials SET state = 'queued', attempts = attempts - ?
      WHERE sweep_id = ? AND number = ? AND state = 'running'`)
    .run(isAttempt ? 0 : 1, sweep_id, number);
  if (changes === 0) throw wrongState(db, sweep_id, number, 'put back');
}

/** running -> an end. */
export function finishTrial(
  db: WriteDb,
  { sweep_id, number }: Pick<Trial, 'sweep_id' | 'number'>,
  state: 'completed' | 'stopped' | 'cancelled' | 'failed',
  reason: string | null,
  nowMs: number,
): void {
  const { changes } = db
    .prepare(`
      UPDATE trials SET state = ?, reason = ?, finished_at_ms = ?
      WHERE sweep_id = ? AND number = ? AND state = 'running'`)
    .run(state, reason, nowMs, sweep_id, number);
  if (changes === 0) throw wrongState(db, sweep_id, number, `end as ${state}`);
}

/**
 * An end but `completed` -> queued, as if it had never been tried; it goes on after its last epoch.
 * Errors: sweep-wrong-state, also when it has no run.
 */
export function requeueTrial(db: WriteDb, sweep: string, number: number): void {
  const { changes } = db
    .prepare(`
      UPDATE trials SET state = 'queued', reason = NULL, attempts = 0, started_at_ms = NULL, finished_at_ms = NULL
      WHERE sweep_id = ? AND number = ? AND state IN ('stopped', 'cancelled', 'failed') AND run_id IS NOT NULL`)
    .run(sweep, number);
  if (changes === 0) throw wrongState(db, sweep, number, 'train again');
}

/** queued -> cancelled. Returns its run. Errors: sweep-wrong-state. */
export function cancelWaiting(
  db: WriteDb,
  sweep: string,
  number: number,
  reason: string,
  nowMs: number,
): string | null {
  const row = db
    .prepare(`
      UPDATE trials SET state = 'cancelled', reason = ?, finished_at_ms = ?
      WHERE sweep_id = ? AND number = ? AND state = 'queued' RETURNING run_id`)
    .get(reason, nowMs, sweep, number) as { run_id: string | null } | undefined;
  if (row === undefined) throw wrongState(db, sweep, number, 'stop');
  return row.run_id;
}

/** What the policy has just said. */
export function setDecision(
  db: WriteDb,
  { sweep_id, number }: Pick<Trial, 'sweep_id' | 'number'>,
  decision: PolicyDecision,
): void {
  db.prepare('UPDATE trials SET decision_json = ? WHERE sweep_id = ? AND number = ?').run(
    JSON.stringify(decision),
    sweep_id,
    number,
  );
}

interface TrialName {
  readonly sweep: string;
  readonly number: number;
}

/** Which trial of which sweep each run is. */
export function trialsByRun(db: ReadDb): Map<string, TrialName> {
  const rows = db.prepare('SELECT run_id, sweep_id, number FROM trials WHERE run_id IS NOT NULL').all() as {
    run_id: string;
    sweep_id: string;
    number: number;
  }[];
  return new Map(rows.map(({ run_id, sweep_id, number }) => [run_id, { sweep: sweep_id, number }]));
}

/** Which trial a run is; null where it is none. */
export function trialOfRun(db: ReadDb, run: string): TrialName | null {
  const row = db.prepare('SELECT sweep_id AS sweep, number FROM trials WHERE run_id = ?').get(run);
  return (row as TrialName | undefined) ?? null;
}

function wrongState(db: ReadDb, sweep: string, number: number, verb: string): AppError {
  const trial = trialsOf(db, sweep).find((each) => each.number === number);
  const found = trial === undefined ? 'there is none of that number' : `it is ${trial.state}`;
  const details = { sweep, trial: number, state: trial?.state ?? null };
  return new AppError('sweep-wrong-state', `cannot ${verb} trial ${number} of sweep ${sweep}: ${found}`, details);
}

function toTrial(row: StoredTrial): Trial {
  return {
    sweep_id: row.sweep_id,
    number: row.number,
    state: row.state,
    reason: row.reason,
    run_id: row.run_id,
    configuration: JSON.parse(row.configuration_json) as Record<string, Scalar>,
    attempts: row.attempts,
    decision: row.decision_json === null ? null : (JSON.parse(row.decision_json) as PolicyDecision),
    created_at_ms: row.created_at_ms,
    started_at_ms: row.started_at_ms,
    finished_at_ms: row.finished_at_ms,
  };
}
