/**
 * The engine as windows see it: a project open for reading, and word of what any process writes to it. Runs trained
 * from the command line show live, since SQLite tells a reader that the file has changed.
 */

import packageJson from '../package.json' with { type: 'json' };
import type { EngineInfo } from '../preload/contract/engine.ts';
import type { Evaluation } from '../preload/contract/evaluation.ts';
import type { ProjectOverview } from '../preload/contract/project.ts';
import type { RunSummary } from '../preload/contract/run.ts';
import type { Split } from '../preload/contract/tasks.ts';
import { CONTRACT_VERSION } from '../preload/contract/version.ts';
import type { Clock } from './clock.ts';
import type { Engine, Unsubscribe } from './ipc/engine.ts';
import type { LogBug } from './ipc/replies.ts';
import { judgedParts, readEvaluation } from './schedule/read-evaluation.ts';
import type { ImageFile, ImageSource } from './serve/images.ts';
import { dataVersion, runFingerprints } from './store/changes.ts';
import { classCounts, classNames } from './store/classes.ts';
import { imageById, imageCount, negativeCount, splitCounts } from './store/images.ts';
import { openProject, type ReadProject } from './store/project.ts';
import { runSummaries, runSummary } from './store/run-summaries.ts';

const POLL_MS = 300;

export interface OpenEngine extends Engine, ImageSource {
  close(): void;
}

/**
 * Opens a project for reading, or an engine without one.
 * Errors: as `openProject`.
 */
export function openEngine(folder: string | null, options: { clock: Clock; logBug: LogBug }): OpenEngine {
  if (folder === null) return NO_PROJECT;
  const project = openProject(folder, { clock: options.clock, owner: 'lightbench serve', access: 'read' });
  return new ProjectEngine(project, options.logBug);
}

function engineInfo(): EngineInfo {
  return {
    contract_version: CONTRACT_VERSION,
    lightbench_version: packageJson.version,
    node_version: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
}

const NO_PROJECT: OpenEngine = {
  info: engineInfo,
  projectOverview: () => null,
  runSummaries: () => [],
  runSummary: () => null,
  judgedParts: () => [],
  evaluation: () => null,
  imageFile: () => null,
  onProjectChanged: () => () => {},
  onRunChanged: () => () => {},
  close: () => {},
};

/** What was last told; compared with what the database says now. */
interface Told {
  readonly version: number;
  readonly runs: ReadonlyMap<string, string>;
  readonly project: string;
}

class ProjectEngine implements OpenEngine {
  readonly info = engineInfo;
  private readonly project: ReadProject;
  private readonly logBug: LogBug;
  private readonly runListeners = new Set<(run: RunSummary) => void>();
  private readonly projectListeners = new Set<(project: ProjectOverview | null) => void>();
  private timer: NodeJS.Timeout | null = null;
  private told: Told | null = null;
  private lastProblem: string | null = null;

  constructor(project: ReadProject, logBug: LogBug) {
    this.project = project;
    this.logBug = logBug;
  }

  projectOverview(): ProjectOverview {
    const { db, folder, info } = this.project;
    return db.snapshot(() => {
      const counts = classCounts(db);
      return {
        name: info.name,
        task: info.task,
        folder,
        image_count: imageCount(db),
        classes: classNames(db).map((name) => ({ name, count: counts[name] ?? 0 })),
        without_class: negativeCount(db),
        splits: splitCounts(db),
      };
    });
  }

  runSummaries(): readonly RunSummary[] {
    return runSummaries(this.project.db).toReversed();
  }

  runSummary(id: string): RunSummary | null {
    const { db } = this.project;
    return db.snapshot(() => (runFingerprints(db).has(id) ? runSummary(db, id) : null));
  }

  judgedParts(run: string): readonly Split[] {
    return judgedParts(this.project, run);
  }

  evaluation(run: string, split: Split): Evaluation | null {
    return readEvaluation(this.project, run, split);
  }

  imageFile(id: number): ImageFile | null {
    const image = imageById(this.project.db, id);
    return image === null ? null : { ...image, folder: this.project.folder };
  }

  onProjectChanged(listener: (project: ProjectOverview | null) => void): Unsubscribe {
    return this.listen(this.projectListeners, listener);
  }

  onRunChanged(listener: (run: RunSummary) => void): Unsubscribe {
    return this.listen(this.runListeners, listener);
  }

  close(): void {
    this.runListeners.clear();
    this.projectListeners.clear();
    this.stopPolling();
    this.project.close();
  }

  /** The database is watched only while somebody wants to know. */
  private listen<T>(listeners: Set<T>, listener: T): Unsubscribe {
    listeners.add(listener);
    if (this.timer === null) {
      this.told = this.read();
      this.timer = setInterval(() => this.poll(), POLL_MS);
      this.timer.unref();
    }
    return () => {
      listeners.delete(listener);
      if (this.runListeners.size + this.projectListeners.size === 0) this.stopPolling();
    };
  }

  private stopPolling(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private poll(): void {
    try {
      if (dataVersion(this.project.db) !== this.told?.version) this.tellChanges();
      this.lastProblem = null;
    } catch (error) {
      // The same trouble comes with every poll until it is over; it is logged once.
      if (String(error) !== this.lastProblem) this.logBug(error);
      this.lastProblem = String(error);
    }
  }

  private tellChanges(): void {
    const before = this.told;
    const now = this.read();
    this.told = now;
    if (now.project !== before?.project) {
      const overview = this.projectOverview();
      for (const listener of this.projectListeners) listener(overview);
    }
    const changed = [...now.runs].filter(([id, fingerprint]) => before?.runs.get(id) !== fingerprint);
    for (const [id] of changed) {
      const run = runSummary(this.project.db, id);
      for (const listener of this.runListeners) listener(run);
    }
  }

  /** The version is read first: a commit after it is found by the next poll, at worst told twice. */
  private read(): Told {
    const { db } = this.project;
    const version = dataVersion(db);
    return { version, runs: runFingerprints(db), project: JSON.stringify(this.projectOverview()) };
  }
}
