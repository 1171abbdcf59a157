/**
 * Runs that this engine trains: one at a time on each device, in the order they were asked for. They belong to the
 * engine and go on whatever becomes of the window that asked for them.
 */

import { AppError } from '../../preload/contract/errors.ts';
import type { RunProgress, TrainingRequest } from '../../preload/contract/training.ts';
import { parseDevice } from '../devices/device.ts';
import type { LogBug } from '../ipc/replies.ts';
import { epochsOf } from '../store/epochs.ts';
import type { WriteProject } from '../store/project.ts';
import { finishRun, requeueRun, runById } from '../store/runs.ts';
import type { SharedWriter } from '../store/shared-writer.ts';
import { hasLast } from '../train/checkpoint.ts';
import type { Progress } from '../train/protocol.ts';
import { findWeights } from '../weights/library.ts';
import { planRun } from './plan-run.ts';
import { runFolder } from './run-setting.ts';
import { trainAgain, trainQueued, unchangedJob } from './run-training.ts';

export interface RunQueueParts {
  readonly writer: SharedWriter;
  /** Folder of the weights that all projects share. */
  readonly library: string;
  readonly threads: number;
  readonly logBug: LogBug;
  /** Told how far a run is; null once it is over. */
  readonly onProgress: (run: string, progress: RunProgress | null) => void;
}

interface Active {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export class RunQueue {
  private readonly parts: RunQueueParts;
  private readonly active = new Map<string, Active>();
  /** Per device, the end of the run that was asked for last. */
  private readonly lines = new Map<string, Promise<void>>();

  constructor(parts: RunQueueParts) {
    this.parts = parts;
  }

  /** Those that train, and those in line. */
  get activeRuns(): readonly string[] {
    return [...this.active.keys()];
  }

  get isIdle(): boolean {
    return this.active.size === 0;
  }

  /** Settles once nothing is in line any more. */
  async whenIdle(): Promise<void> {
    while (!this.isIdle) await Promise.all([...this.active.values()].map(({ done }) => done));
  }

  /**
   * Writes a run down and puts it in line. Returns its id.
   * Errors: bad-argument (device), file-missing (weights), those of `planRun` and of opening for writing.
   */
  start({ model, params, device, weights }: TrainingRequest): Promise<string> {
    return this.parts.writer.use((project) => {
      const recognised = weights === null ? null : findInLibrary(this.parts.library, weights);
      const run = planRun(project, { model, given: params, device: parseDevice(device), weights: recognised });
      this.enqueue(run, device);
      return run;
    });
  }

  /**
   * Puts a run in line that failed, was cancelled, or was left waiting when its engine ended. One that has finished no
   * epoch yet begins anew.
   * Errors: run-not-found, run-not-resumable, those of opening for writing.
   */
  resume(id: string): Promise<void> {
    return this.parts.writer.use((project) => {
      const { state, device } = runById(project.db, id);
      if (this.active.has(id)) throw new AppError('run-not-resumable', `run ${id} is ${state} already`, { run: id });
      if (hasStarted(project, id)) unchangedJob(project, id, 1);
      if (state !== 'queued') requeueRun(project.db, id);
      this.enqueue(id, device);
    });
  }

  /**
   * Ends a run after the step it is at, or takes it out of the line.
   * Errors: run-wrong-state when it is no run of this engine's, or over.
   */
  async stop(id: string): Promise<void> {
    const active = this.active.get(id);
    if (active !== undefined) {
      active.abort.abort();
      return;
    }
    await this.parts.writer.use(({ db, clock }) => finishRun(db, id, 'cancelled', null, clock.nowMs()));
  }

  /** Ends every run, in order: each can be resumed. */
  async close(): Promise<void> {
    const all = [...this.active.values()];
    for (const { abort } of all) abort.abort();
    await Promise.all(all.map(({ done }) => done));
  }

  private enqueue(id: string, device: string): void {
    const abort = new AbortController();
    const before = this.lines.get(device) ?? Promise.resolve();
    const done = this.parts.writer
      .use(async (project) => {
        await Promise.race([before, aborted(abort.signal)]);
        await this.train(project, id, abort.signal);
      })
      .catch((error: unknown) => {
        if (!(error instanceof AppError)) this.parts.logBug(error); // what people can act on is in the run's row
      })
      .finally(() => {
        this.active.delete(id);
        this.parts.onProgress(id, null);
      });
    this.active.set(id, { abort, done });
    this.lines.set(
      device,
      Promise.all([before, done]).then(() => {}),
    );
  }

  private async train(project: WriteProject, id: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return finishRun(project.db, id, 'cancelled', null, project.clock.nowMs());
    const listener = { signal, onProgress: (progress: Progress) => this.parts.onProgress(id, toTold(progress)) };
    const train = hasStarted(project, id) ? trainAgain : trainQueued;
    await train(project, id, this.parts.threads, listener);
  }
}

/** Windows choose among what the library has; only the command line names files. */
function findInLibrary(library: string, name: string) {
  if (/[/\\]/.test(name)) {
    throw new AppError('file-missing', `"${name}" is no name of weights in the library`, { file: name });
  }
  return findWeights(library, name);
}

const hasStarted = (project: WriteProject, id: string): boolean =>
  hasLast(runFolder(project, id)) || epochsOf(project.db, id).length > 0;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const toTold = ({ imagesPerSecond, remainingMs, ...progress }: Progress): RunProgress => ({
  ...progress,
  images_per_second: imagesPerSecond,
  remaining_ms: remainingMs,
});
