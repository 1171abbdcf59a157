/**
 * Sweeps and their states:
 * queued -> running -> paused | interrupted | stopped | completed -> running (resume).
 * Every step is one UPDATE whose WHERE names the states it may start from.
 */

import { AppError } from '../../preload/contract/errors.ts';
import type { SweepState } from '../../preload/contract/sweep.ts';
import type { SweepPlan } from '../../preload/contract/sweep-plan.ts';
import type { ReadDb, WriteDb } from './db.ts';

export interface NewSweep {
  readonly source_text: string;
  readonly plan: SweepPlan;
  /** Where trials may run, as people name devices. */
  readonly devices: readonly string[];
  readonly primary_metric: string;
  readonly created_at_ms: number;
}

export interface Sweep extends NewSweep {
  readonly id: string;
  readonly state: SweepState;
  readonly reason: string | null;
  readonly active_ms: number;
  readonly started_at_ms: number | null;
  readonly finished_at_ms: number | null;
}

interface StoredSweep extends Omit<Sweep, 'plan' | 'devices'> {
  readonly plan_json: string;
  readonly devices_json: string;
}

/** Adds a sweep in state `queued` and returns its id: `s0001`, `s0002` and so on. */
export function createSweep(db: WriteDb, sweep: NewSweep): string {
  return db.transaction(() => {
    const { number } = db.prepare('SELECT coalesce(max(number), 0) + 1 AS number FROM sweeps').get() as {
      number: number;
    };
    const id = `s${String(number).padStart(4, '0')}`;
    db.prepare(`
      INSERT INTO sweeps (id, number, state, source_text, plan_json, devices_json, primary_metric, created_at_ms)
      VALUES (?, ?, 'queued', ?, ?, ?, ?, ?)`).run(
      id,
      number,
      sweep.source_text,
      JSON.stringify(sweep.plan),
      JSON.stringify(sweep.devices),
      sweep.primary_metric,
      sweep.created_at_ms,
    );
    return id;
  });
}

/** Errors: sweep-not-found. */
export function sweepById(db: ReadDb, id: string): Sweep {
  const row = db.prepare('SELECT * FROM sweeps WHERE id = ?').get(id) as StoredSweep | undefined;
  if (row !== undefined) return toSweep(row);
  const latest = allSweeps(db).at(-1);
  const hint = latest === undefined ? 'the project has no sweeps yet' : `the latest sweep is ${latest.id}`;
  throw new AppError('sweep-not-found', `there is no sweep "${id}"; ${hint}`, { sweep: id });
}

/** Every sweep, oldest first. */
export function allSweeps(db: ReadDb): Sweep[] {
  return (db.prepare('SELECT * FROM sweeps ORDER BY number').all() as StoredSweep[]).map(toSweep);
}

/**
 * Any state -> running.
 * Errors: sweep-not-found, sweep-wrong-state when it is running.
 */
export function startSweep(db: WriteDb, id: string, nowMs: number): void {
  const { changes } = db
    .prepare(`
      UPDATE sweeps SET state = 'running', reason = NULL, finished_at_ms = NULL,
        started_at_ms = coalesce(started_at_ms, ?)
      WHERE id = ? AND state <> 'running'`)
    .run(nowMs, id);
  if (changes === 0) throw wrongState(db, id, 'start');
}

/**
 * running -> an end.
 * Errors: sweep-not-found, sweep-wrong-state.
 */
export function finishSweep(
  db: WriteDb,
  id: string,
  state: 'paused' | 'stopped' | 'completed',
  reason: string | null,
  nowMs: number,
): void {
  const { changes } = db
    .prepare("UPDATE sweeps SET state = ?, reason = ?, finished_at_ms = ? WHERE id = ? AND state = 'running'")
    .run(state, reason, nowMs, id);
  if (changes === 0) throw wrongState(db, id, `end as ${state}`);
}

/** A sweep that has ended and is to have more trials, or some of them again, waits to be gone on with. */
export function reopenSweep(db: WriteDb, id: string): void {
  db.prepare(`
    UPDATE sweeps SET state = 'paused', reason = NULL, finished_at_ms = NULL
    WHERE id = ? AND state IN ('completed', 'stopped')`).run(id);
}

/** Errors: sweep-not-found. */
export function setIterations(db: WriteDb, id: string, iterations: number): void {
  const { plan } = sweepById(db, id);
  db.prepare('UPDATE sweeps SET plan_json = ? WHERE id = ?').run(JSON.stringify({ ...plan, iterations }), id);
}

export function addActiveTime(db: WriteDb, id: string, ms: number): void {
  db.prepare('UPDATE sweeps SET active_ms = active_ms + ? WHERE id = ?').run(Math.round(ms), id);
}

/** What a dead writer left `running`: its trials wait again, to go on from their last epoch; that was no try of theirs. */
export function markInterrupted(db: WriteDb, reason: string, nowMs: number): void {
  db.transaction(() => {
    db.prepare("UPDATE trials SET state = 'queued', attempts = attempts - 1 WHERE state = 'running'").run();
    db.prepare(`
      UPDATE sweeps SET state = 'interrupted', reason = ?, finished_at_ms = ? WHERE state = 'running'`).run(
      reason,
      nowMs,
    );
  });
}

function wrongState(db: ReadDb, id: string, verb: string): AppError {
  const { state } = sweepById(db, id);
  return new AppError('sweep-wrong-state', `cannot ${verb} sweep ${id}: it is ${state}`, { sweep: id, state });
}

function toSweep(row: StoredSweep): Sweep {
  return {
    id: row.id,
    state: row.state,
    reason: row.reason,
    source_text: row.source_text,
    plan: toPlan(row.plan_json),
    devices: JSON.parse(row.devices_json) as string[],
    primary_metric: row.primary_metric,
    active_ms: row.active_ms,
    created_at_ms: row.created_at_ms,
    started_at_ms: row.started_at_ms,
    finished_at_ms: row.finished_at_ms,
  };
}

/** Plans that were written before there was a warm start have none. */
function toPlan(json: string): SweepPlan {
  const plan = JSON.parse(json) as Omit<SweepPlan, 'warm_start'> & Partial<SweepPlan>;
  return { ...plan, warm_start: plan.warm_start ?? [] };
}
