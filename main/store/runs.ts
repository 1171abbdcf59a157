/**
 * Training runs and their states:
 * queued -> running -> completed | cancelled | failed; queued -> cancelled; failed, cancelled -> running (resume), or
 * -> queued, to wait for a device first.
 * Every step is one UPDATE whose WHERE names the states it may start from.
 */

import { AppError } from '../../preload/contract/errors.ts';
import type { RunState, RunThresholds } from '../../preload/contract/run.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** The image ids each part of a run saw. */
export interface RunSplit {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
}

export interface NewRun {
  readonly model: string;
  readonly device: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly primary_metric: string;
  readonly seed: number;
  /** In the order of the model's head. */
  readonly classes: readonly string[];
  readonly split: RunSplit;
  /** Which weights it starts from, in the words of whoever loads them; null from scratch. */
  readonly weights: Readonly<Record<string, unknown>> | null;
  readonly notes: readonly string[];
  readonly created_at_ms: number;
}

/** A run with everything needed to resume, evaluate or export it; its curve is in `epochs`. */
export interface Run extends NewRun {
  readonly id: string;
  readonly state: RunState;
  readonly reason: string | null;
  /** Null for tasks with one class an image, and before the first evaluation. */
  readonly thresholds: RunThresholds | null;
  readonly started_at_ms: number | null;
  readonly finished_at_ms: number | null;
}

interface StoredRun extends Omit<Run, 'params' | 'notes' | 'classes' | 'split' | 'weights' | 'thresholds'> {
  readonly params_json: string;
  readonly notes_json: string;
  readonly classes_json: string;
  readonly split_json: string;
  readonly weights_json: string | null;
  readonly thresholds_json: string | null;
}

/** Adds a run in state `queued` and returns its id: `r0001`, `r0002` and so on. */
export function createRun(db: WriteDb, run: NewRun): string {
  return db.transaction(() => {
    const { number } = db.prepare('SELECT coalesce(max(number), 0) + 1 AS number FROM runs').get() as {
      number: number;
    };
    const id = `r${String(number).padStart(4, '0')}`;
    db.prepare(`
      INSERT INTO runs (id, number, state, model, device, params_json, notes_json, primary_metric, seed, classes_json,
                        split_json, weights_json, created_at_ms)
      VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
      id,
      number,
      run.model,
      run.device,
      JSON.stringify(run.params),
      JSON.stringify(run.notes),
      run.primary_metric,
      run.seed,
      JSON.stringify(run.classes),
      JSON.stringify(run.split),
      run.weights === null ? null : JSON.stringify(run.weights),
      run.created_at_ms,
    );
    return id;
  });
}

/**
 * The run of that id.
 * Errors: run-not-found.
 */
export function runById(db: ReadDb, id: string): Run {
  const row = db.prepare('SELECT * FROM runs WHERE id = ?').get(id) as StoredRun | undefined;
  if (row === undefined) throw noRun(db, id);
  return toRun(row);
}

/** What to say of an id that no run has. */
export function noRun(db: ReadDb, id: string): AppError {
  const latest = db.prepare('SELECT id FROM runs ORDER BY number DESC LIMIT 1').get() as { id: string } | undefined;
  const hint = latest === undefined ? 'the project has no runs yet' : `the latest run is ${latest.id}`;
  return new AppError('run-not-found', `there is no run "${id}"; ${hint}`, { run: id });
}

/** What lists and pages show of a run: not which images it saw, which a thousand runs of a large project are slow to tell. */
export type ShownRun = Omit<Run, 'split' | 'classes' | 'weights' | 'seed' | 'started_at_ms'>;

const SHOWN_RUNS = `
  SELECT id, state, reason, model, device, params_json, notes_json, primary_metric, thresholds_json, created_at_ms,
    finished_at_ms
  FROM runs`;

/** Every run, oldest first. */
export function allShownRuns(db: ReadDb): ShownRun[] {
  return (db.prepare(`${SHOWN_RUNS} ORDER BY number`).all() as StoredRun[]).map(toShownRun);
}

/** Null where there is none of that id. */
export function findShownRun(db: ReadDb, id: string): ShownRun | null {
  const row = db.prepare(`${SHOWN_RUNS} WHERE id = ?`).get(id) as StoredRun | undefined;
  return row === undefined ? null : toShownRun(row);
}

/**
 * queued -> running.
 * Errors: run-not-found, run-wrong-state.
 */
export function startRun(db: WriteDb, id: string, nowMs: number): void {
  const { changes } = db
    .prepare("UPDATE runs SET state = 'running', started_at_ms = ? WHERE id = ? AND state = 'queued'")
    .run(nowMs, id);
  if (changes === 0) throw wrongState(db, id, 'start', 'run-wrong-state');
}

/**
 * failed or cancelled -> queued: it goes on when its turn comes.
 * Errors: run-not-found, run-not-resumable.
 */
export function requeueRun(db: WriteDb, id: string): void {
  const { changes } = db
    .prepare(`
      UPDATE runs SET state = 'queued', reason = NULL, finished_at_ms = NULL
      WHERE id = ? AND state IN ('failed', 'cancelled')`)
    .run(id);
  if (changes === 0) throw wrongState(db, id, 'resume', 'run-not-resumable');
}

/** Where a queued run is to be trained. */
export function placeRun(db: WriteDb, id: string, device: string): void {
  db.prepare("UPDATE runs SET device = ? WHERE id = ? AND state = 'queued'").run(device, id);
}

/**
 * failed, cancelled or queued again -> running, after the caller has found a checkpoint to go on from.
 * Errors: run-not-found, run-not-resumable.
 */
export function resumeRun(db: WriteDb, id: string): void {
  const { changes } = db
    .prepare(`
      UPDATE runs SET state = 'running', reason = NULL, finished_at_ms = NULL
      WHERE id = ? AND state IN ('failed', 'cancelled', 'queued')`)
    .run(id);
  if (changes === 0) throw wrongState(db, id, 'resume', 'run-not-resumable');
}

/**
 * running -> an end; a queued run can only be cancelled or fail. `reason` says why, where there is something to say.
 * Errors: run-not-found, run-wrong-state.
 */
export function finishRun(
  db: WriteDb,
  id: string,
  state: 'completed' | 'cancelled' | 'failed',
  reason: string | null,
  nowMs: number,
): void {
  const { changes } = db
    .prepare(`
      UPDATE runs SET state = ?, reason = ?, finished_at_ms = ?
      WHERE id = ? AND (state = 'running' OR (state = 'queued' AND ? <> 'completed'))`)
    .run(state, reason, nowMs, id, state);
  if (changes === 0) throw wrongState(db, id, `end as ${state}`, 'run-wrong-state');
}

/** Ends the runs that a dead writer left `running` and returns their ids. */
export function markAbandoned(db: WriteDb, reason: string, nowMs: number): string[] {
  const rows = db
    .prepare(`
      UPDATE runs SET state = 'failed', reason = ?, finished_at_ms = ? WHERE state = 'running' RETURNING id`)
    .all(reason, nowMs) as { id: string }[];
  return rows.map((row) => row.id);
}

/**
 * Appends to what a person should know of a run.
 * Errors: run-not-found.
 */
export function addRunNotes(db: WriteDb, id: string, notes: readonly string[]): void {
  db.transaction(() => {
    const all = [...runById(db, id).notes, ...notes];
    db.prepare('UPDATE runs SET notes_json = ? WHERE id = ?').run(JSON.stringify(all), id);
  });
}

/**
 * Keeps the thresholds of the model that is now the run's best.
 * Errors: run-not-found.
 */
export function setThresholds(db: WriteDb, id: string, thresholds: RunThresholds): void {
  const { changes } = db
    .prepare('UPDATE runs SET thresholds_json = ? WHERE id = ?')
    .run(JSON.stringify(thresholds), id);
  if (changes === 0) runById(db, id);
}

function wrongState(db: ReadDb, id: string, verb: string, code: 'run-wrong-state' | 'run-not-resumable'): AppError {
  const { state } = runById(db, id);
  return new AppError(code, `cannot ${verb} run ${id}: it is ${state}`, { run: id, state });
}

function toRun(row: StoredRun): Run {
  return {
    ...toShownRun(row),
    seed: row.seed,
    classes: JSON.parse(row.classes_json),
    split: JSON.parse(row.split_json),
    weights: row.weights_json === null ? null : JSON.parse(row.weights_json),
    started_at_ms: row.started_at_ms,
  };
}

function toShownRun(row: StoredRun): ShownRun {
  return {
    id: row.id,
    state: row.state,
    reason: row.reason,
    model: row.model,
    device: row.device,
    params: JSON.parse(row.params_json),
    notes: JSON.parse(row.notes_json),
    primary_metric: row.primary_metric,
    thresholds: row.thresholds_json === null ? null : JSON.parse(row.thresholds_json),
    created_at_ms: row.created_at_ms,
    finished_at_ms: row.finished_at_ms,
  };
}
