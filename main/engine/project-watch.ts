/**
 * Word of what any process writes to a project: SQLite tells a reader that the file has changed, and what is told is
 * compared with what was told last. So runs trained from the command line show live.
 */

import type { DataState } from '../../preload/contract/data.ts';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import type { LogBug } from '../ipc/replies.ts';
import { dataVersion, runFingerprints } from '../store/changes.ts';
import { dataFingerprint } from '../store/data-facts.ts';
import { editHistory } from '../store/edits.ts';
import type { ReadProject } from '../store/project.ts';
import { runSummary } from '../store/run-summaries.ts';
import { sweepFingerprints } from '../store/sweep-summaries.ts';
import { overviewOf } from './overview.ts';

const POLL_MS = 300;

export interface ProjectListener {
  onProject(project: ProjectOverview): unknown;
  onRun(run: RunSummary): unknown;
  onSweep(id: string): unknown;
  onData(state: DataState): unknown;
}

/** What was last told; compared with what the database says now. */
interface Told {
  readonly version: number;
  readonly runs: ReadonlyMap<string, string>;
  readonly sweeps: ReadonlyMap<string, string>;
  readonly project: string;
  readonly data: string;
}

export class ProjectWatch {
  private readonly project: ReadProject;
  private readonly listener: ProjectListener;
  private readonly logBug: LogBug;
  private timer: NodeJS.Timeout | null = null;
  private told: Told | null = null;
  private lastProblem: string | null = null;

  constructor(project: ReadProject, listener: ProjectListener, logBug: LogBug) {
    this.project = project;
    this.listener = listener;
    this.logBug = logBug;
  }

  /** From now on changes are told, once each. */
  start(): void {
    if (this.timer !== null) return;
    this.told = this.read();
    this.timer = setInterval(() => this.look(), POLL_MS);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** Looks at once, for whoever has just written. */
  look(): void {
    if (this.timer === null) return;
    try {
      if (dataVersion(this.project.db) !== this.told?.version) this.tellChanges();
      this.lastProblem = null;
    } catch (error) {
      // The same trouble comes with every look until it is over; it is logged once.
      if (String(error) !== this.lastProblem) this.logBug(error);
      this.lastProblem = String(error);
    }
  }

  private tellChanges(): void {
    const before = this.told;
    const now = this.read();
    this.told = now;
    if (now.project !== before?.project) this.listener.onProject(overviewOf(this.project));
    if (now.data !== before?.data) {
      this.listener.onData({ version: now.data, ...editHistory(this.project.db) });
    }
    const changed = [...now.runs].filter(([id, fingerprint]) => before?.runs.get(id) !== fingerprint);
    for (const [id] of changed) this.listener.onRun(runSummary(this.project.db, id));
    for (const [id, fingerprint] of now.sweeps) {
      if (before?.sweeps.get(id) !== fingerprint) this.listener.onSweep(id);
    }
  }

  /** The version is read first: a commit after it is found by the next look, at worst told twice. */
  private read(): Told {
    const { db } = this.project;
    const version = dataVersion(db);
    const project = JSON.stringify(overviewOf(this.project));
    return { version, runs: runFingerprints(db), sweeps: sweepFingerprints(db), project, data: dataFingerprint(db) };
  }
}
