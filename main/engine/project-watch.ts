/**
 * Word of what any process writes to a project: SQLite tells a reader that the file has changed, and what is told is
 * compared with what was told last. So runs trained from the command line show live.
 */

import type { DataState } from '../../preload/contract/data.ts';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import type { RunHead } from '../../preload/contract/run.ts';
import type { LogBug } from '../ipc/replies.ts';
import { changesSince, dataVersion, latestRevision } from '../store/changes.ts';
import { dataFingerprint } from '../store/data-facts.ts';
import { editHistory } from '../store/edits.ts';
import type { ReadProject } from '../store/project.ts';
import type { RunHeads } from '../store/run-heads.ts';
import { overviewOf } from './overview.ts';

const POLL_MS = 300;

export interface ProjectListener {
  onProject(project: ProjectOverview): unknown;
  onRun(run: RunHead): unknown;
  onSweep(id: string): unknown;
  onData(state: DataState): unknown;
}

/** What was last told; compared with what the database says now. */
interface Told {
  readonly version: number;
  /** Of runs and sweeps. */
  readonly revision: number;
  readonly project: string;
  readonly data: string;
}

export class ProjectWatch {
  private readonly project: ReadProject;
  private readonly runs: RunHeads;
  private readonly listener: ProjectListener;
  private readonly logBug: LogBug;
  private timer: NodeJS.Timeout | null = null;
  private told: Told | null = null;
  private lastProblem: string | null = null;

  constructor(project: ReadProject, runs: RunHeads, listener: ProjectListener, logBug: LogBug) {
    this.project = project;
    this.runs = runs;
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
    const { runs, sweeps } = changesSince(this.project.db, before?.revision ?? 0);
    for (const id of runs) this.listener.onRun(this.runs.get(id)!);
    for (const id of sweeps) this.listener.onSweep(id);
  }

  /** The version is read first: a commit after it is found by the next look, at worst told twice. */
  private read(): Told {
    const { db } = this.project;
    const version = dataVersion(db);
    const project = JSON.stringify(overviewOf(this.project));
    return { version, revision: latestRevision(db), project, data: dataFingerprint(db) };
  }
}
