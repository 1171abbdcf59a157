/** The engine as windows see it: one project open at a time, and word of whatever changes in it. */

import { resolve } from 'node:path';
import type { TilePlace } from '../native-models/geometry/tile-pyramid.ts';
import packageJson from '../package.json' with { type: 'json' };
import type { AnyEvaluation } from '../preload/contract/any-evaluation.ts';
import type { DataState } from '../preload/contract/data.ts';
import type { EngineInfo } from '../preload/contract/engine.ts';
import { AppError } from '../preload/contract/errors.ts';
import type { ProjectOverview } from '../preload/contract/project.ts';
import type { RunHead, RunSummary } from '../preload/contract/run.ts';
import type { Split } from '../preload/contract/tasks.ts';
import type { TransferState } from '../preload/contract/transfers.ts';
import { CONTRACT_VERSION } from '../preload/contract/version.ts';
import { overviewOf } from './engine/overview.ts';
import type { ProjectSession, SessionParts } from './engine/project-session.ts';
import { MachineProjects } from './engine/projects-desk.ts';
import { Sessions } from './engine/sessions.ts';
import type { PyramidPart } from './images/pyramid-parts.ts';
import type {
  Activity,
  DataDesk,
  Engine,
  Labelling,
  ModelDesk,
  ProgressListener,
  Sweeping,
  Training,
  Transfers,
  Unsubscribe,
} from './ipc/engine.ts';
import { AllowedFolders } from './projects/allowed-folders.ts';
import { RecentProjects } from './projects/recent.ts';
import { judgedParts, readEvaluation } from './schedule/read-evaluation.ts';
import type { ImageFile, ImageSource } from './serve/images.ts';
import { snapshotAtMs } from './store/health.ts';
import { imageById } from './store/images.ts';
import { findRunSummary } from './store/run-summaries.ts';

export interface EngineOptions extends Omit<SessionParts, 'allowed'> {
  /** Folders below which windows may open and make projects; null for any. The project it starts with is always allowed. */
  readonly roots?: readonly string[] | null;
}

/**
 * Opens an engine on a project, or one without.
 * Errors: as `openProject`.
 */
export function openEngine(folder: string | null, options: EngineOptions): Workbench {
  return new Workbench(folder, options);
}

export class Workbench implements Engine, ImageSource {
  readonly projects: MachineProjects;
  private readonly sessions: Sessions;
  private readonly recent: RecentProjects;
  private readonly options: EngineOptions;
  private readonly runListeners = new Set<(run: RunHead) => void>();
  private readonly projectListeners = new Set<(project: ProjectOverview | null) => void>();
  private readonly sweepListeners = new Set<(id: string) => void>();
  private readonly dataListeners = new Set<(state: DataState) => void>();
  private readonly transferListeners = new Set<(state: TransferState) => void>();
  private readonly progressListeners = new Set<ProgressListener>();

  constructor(folder: string | null, options: EngineOptions) {
    this.options = options;
    this.recent = new RecentProjects(options.home);
    const { roots = [] } = options;
    const own = folder === null ? [] : [folder];
    const allowed = new AllowedFolders(roots === null ? null : [...own, ...roots]);
    this.sessions = new Sessions(
      { ...options, allowed },
      {
        onProject: (project) => tell(this.projectListeners, project),
        onRun: (run) => tell(this.runListeners, run),
        onSweep: (id) => tell(this.sweepListeners, id),
        onData: (state) => tell(this.dataListeners, state),
        onTransfer: (state) => tell(this.transferListeners, state),
        onProgress: (run, progress) => {
          for (const listener of this.progressListeners) listener(run, progress);
        },
      },
    );
    this.projects = new MachineProjects({
      clock: options.clock,
      allowed,
      recent: this.recent,
      show: (next) => this.show(next),
      session: () => this.opened(),
    });
    if (folder !== null) this.show(resolve(folder));
  }

  info(): EngineInfo {
    return {
      contract_version: CONTRACT_VERSION,
      lightbench_version: packageJson.version,
      node_version: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    };
  }

  activity(): Activity {
    const all = this.sessions.all.map((session) => session.activity());
    return {
      runs: all.flatMap(({ runs }) => runs),
      sweeps: all.flatMap(({ sweeps }) => sweeps),
      transfers: all.flatMap(({ transfers }) => transfers),
    };
  }

  projectOverview(): ProjectOverview | null {
    return this.session === null ? null : overviewOf(this.session.project);
  }

  runHeads(): readonly RunHead[] {
    return this.session === null ? [] : this.session.heads.all().toReversed();
  }

  runSummary(id: string): RunSummary | null {
    return this.session === null ? null : findRunSummary(this.session.project.db, id);
  }

  judgedParts(run: string): readonly Split[] {
    return this.session === null ? [] : judgedParts(this.session.project, run);
  }

  evaluation(run: string, split: Split): AnyEvaluation | null {
    return this.session === null ? null : readEvaluation(this.session.project, run, split);
  }

  training(): Training {
    return this.opened();
  }

  sweeps(): Sweeping {
    return this.opened().sweeps;
  }

  models(): ModelDesk {
    return this.opened().models;
  }

  data(): DataDesk {
    return this.opened().data;
  }

  thumbnail(sha256: string, signal: AbortSignal): Promise<Uint8Array | null> {
    return this.session?.data.thumbnail(sha256, signal) ?? Promise.resolve(null);
  }

  prepareTiles(sha256: string, part: PyramidPart, signal: AbortSignal): Promise<boolean> {
    return this.session?.data.prepareTiles(sha256, part, signal) ?? Promise.resolve(false);
  }

  tileFile(sha256: string, place: TilePlace): string | null {
    return this.session?.data.tileFile(sha256, place) ?? null;
  }

  labelling(): Labelling {
    return this.opened().labelling;
  }

  transfers(): Transfers {
    return this.opened().transfers;
  }

  imageFile(id: number): ImageFile | null {
    if (this.session === null) return null;
    const { db, folder } = this.session.project;
    const image = imageById(db, id);
    return image === null ? null : { ...image, folder };
  }

  onProjectChanged(listener: (project: ProjectOverview | null) => void): Unsubscribe {
    return this.listen(this.projectListeners, listener);
  }

  onDataChanged(listener: (state: DataState) => void): Unsubscribe {
    return this.listen(this.dataListeners, listener);
  }

  onRunChanged(listener: (run: RunHead) => void): Unsubscribe {
    return this.listen(this.runListeners, listener);
  }

  onSweepChanged(listener: (id: string) => void): Unsubscribe {
    return this.listen(this.sweepListeners, listener);
  }

  onTransferChanged(listener: (state: TransferState) => void): Unsubscribe {
    this.transferListeners.add(listener);
    return () => this.transferListeners.delete(listener);
  }

  onRunProgress(listener: ProgressListener): Unsubscribe {
    this.progressListeners.add(listener);
    return () => this.progressListeners.delete(listener);
  }

  /** Ends the runs that train here, in order. */
  async close(): Promise<void> {
    this.runListeners.clear();
    this.projectListeners.clear();
    this.sweepListeners.clear();
    this.dataListeners.clear();
    this.transferListeners.clear();
    this.progressListeners.clear();
    await this.sessions.close();
  }

  private get session(): ProjectSession | null {
    return this.sessions.shown;
  }

  /** Tells everyone who watches that everything is another now. */
  private show(folder: string | null): void {
    const before = this.session;
    try {
      this.sessions.show(folder);
      if (this.session === before) return;
      const project = this.projectOverview();
      this.watchIfWanted();
      if (project !== null) this.remember(project);
      tell(this.projectListeners, project);
      if (this.session !== null) tell(this.dataListeners, this.session.data.state());
    } catch (error) {
      if (this.session !== before) this.sessions.show(null); // what cannot be read is not on show
      throw folder === null ? error : withSnapshot(error, folder);
    }
  }

  private remember({ folder, name, task }: ProjectOverview): void {
    try {
      this.recent.remember({ folder, name, task, opened_at_ms: this.options.clock.nowMs() });
    } catch (error) {
      // best effort: a project that is open matters more than the list of those that were
      this.options.logBug(error);
    }
  }

  private opened(): ProjectSession {
    if (this.session !== null) return this.session;
    throw new AppError('no-project', 'no project is open');
  }

  private listen<T>(listeners: Set<T>, listener: T): Unsubscribe {
    listeners.add(listener);
    this.watchIfWanted();
    return () => {
      listeners.delete(listener);
      this.watchIfWanted();
    };
  }

  /** The database is watched only while somebody wants to know. */
  private watchIfWanted(): void {
    const all = [this.runListeners, this.projectListeners, this.dataListeners, this.sweepListeners];
    if (all.some(({ size }) => size > 0)) this.session?.watch.start();
    else this.session?.watch.stop();
  }
}

/** A damaged project is told with the time of its last good state. */
function withSnapshot(error: unknown, folder: string): unknown {
  if (!(error instanceof AppError) || error.code !== 'project-damaged') return error;
  const details = { ...error.details, folder, kept_at_ms: snapshotAtMs(folder) };
  return new AppError(error.code, error.message, details, { cause: error });
}

function tell<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
  for (const listener of listeners) listener(value);
}
