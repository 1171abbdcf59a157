/** Imports and exports of the open project: one at a time, gone on with whatever becomes of the window that asked. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import {
  type CheckEvent,
  type ExportCheckEvent,
  type ExportFormatName,
  type ExportRequest,
  ImportRequest,
  type ImportSource,
  type SurveyEvent,
  type TransferOutcome,
  type TransferState,
} from '../../preload/contract/transfers.ts';
import type { Clock } from '../clock.ts';
import { exportDataset, exportFormatsFor } from '../data/export/export.ts';
import { importDataset } from '../data/import.ts';
import { surveyDataset } from '../data/survey.ts';
import { UnpackedArchives } from '../data/unpacked-archives.ts';
import { writeDurably } from '../durable-file.ts';
import type { Transfers } from '../ipc/engine.ts';
import type { LogBug } from '../ipc/replies.ts';
import type { ReadProject } from '../store/project.ts';
import type { SharedWriter } from '../store/shared-writer.ts';
import { FollowedWork, told } from './told.ts';
import {
  checkedExport,
  checkedImport,
  exportOptions,
  exportProgress,
  type ImportParts,
  importOptions,
  NOTHING_DONE,
  onCopyOf,
  shortened,
  type TellTransfer,
  toldFrames,
} from './transfer-options.ts';

export interface TransferParts extends ImportParts {
  readonly project: ReadProject;
  readonly writer: SharedWriter;
  readonly clock: Clock;
  /** Processes that look at pictures. */
  readonly lookers: number;
  readonly logBug: LogBug;
  readonly onChanged: (state: TransferState) => void;
  /** Told after images were added, so that others are told at once. */
  readonly onWritten: () => void;
}

type Active = NonNullable<TransferState['active']>;

export class TransferDesk implements Transfers {
  private readonly parts: TransferParts;
  /** What an import was asked to do, while it has not done all of it. */
  private readonly unfinishedFile: string;
  /** A person looks at a data set, tries it and imports it: an archive is unpacked once for all of that. */
  private readonly archives = new UnpackedArchives();
  /** Looks and tries: each ends with the window that follows it, or with the project. */
  private readonly followed: FollowedWork;
  private underWay: Promise<unknown> = Promise.resolve();
  private stopping = new AbortController();
  private active: Active | null = null;
  private last: TransferOutcome | null = null;

  constructor(parts: TransferParts) {
    this.parts = parts;
    this.followed = new FollowedWork(parts.clock);
    this.unfinishedFile = join(parts.project.folder, 'import-under-way.json');
  }

  state(): TransferState {
    const { active, last } = this;
    return { active, last, unfinished: active === null ? this.unfinished() : null };
  }

  exportFormats(): ExportFormatName[] {
    return exportFormatsFor(this.parts.project.info.task);
  }

  async *survey(source: ImportSource, signal: AbortSignal | undefined): AsyncGenerator<SurveyEvent> {
    const { path, format, imagesFolder, frames } = checkedImport(source, this.parts);
    const work = (tell: TellTransfer, ended: AbortSignal) =>
      surveyDataset(this.parts.project, path, {
        ...{ format, ...(imagesFolder === null ? {} : { imagesFolder }), frames: toldFrames(frames, tell) },
        ...{ signal: ended, archives: this.archives },
        onProgress: (records) => tell({ ...NOTHING_DONE, done: records }),
      });
    for await (const event of this.followed.follow(work, signal)) {
      yield event.type === 'done' ? { type: 'done', survey: event.value } : event;
    }
  }

  /** On a copy of the database, so that nothing anybody writes meanwhile is taken back with it. */
  async *check(request: ImportRequest, signal: AbortSignal | undefined): AsyncGenerator<CheckEvent> {
    const { path } = checkedImport(request, this.parts);
    const work = (tell: TellTransfer, ended: AbortSignal) =>
      onCopyOf(this.parts.project, this.parts.clock, (copy) =>
        importDataset(copy, path, {
          ...importOptions(request, this.parts, tell),
          ...{ dryRun: true, signal: ended, archives: this.archives },
        }),
      );
    for await (const event of this.followed.follow(work, signal)) {
      yield event.type === 'done' ? { type: 'done', report: shortened(event.value) } : event;
    }
  }

  async *checkExport(request: ExportRequest, signal: AbortSignal | undefined): AsyncGenerator<ExportCheckEvent> {
    const options = { ...exportOptions(request, checkedExport(request, this.parts.allowed)), dryRun: true };
    const work = (tell: TellTransfer, ended: AbortSignal) => {
      const onProgress = (progress: { written: number; total: number }) => tell(exportProgress(progress));
      return exportDataset(this.parts.project, { ...options, signal: ended, onProgress });
    };
    for await (const event of this.followed.follow(work, signal)) {
      yield event.type === 'done' ? { type: 'done', report: shortened(event.value) } : event;
    }
  }

  startImport(request: ImportRequest): void {
    const { path } = checkedImport(request, this.parts);
    this.start('import', request.path, async (tell, signal) => {
      writeDurably(this.unfinishedFile, `${JSON.stringify(request)}\n`);
      const report = await this.parts.writer.use((project) =>
        importDataset(project, path, {
          ...importOptions(request, this.parts, tell),
          ...{ signal, archives: this.archives },
        }),
      );
      if (!report.cancelled) {
        rmSync(this.unfinishedFile, { force: true });
        await this.archives.close();
      }
      this.parts.onWritten();
      return { kind: 'imported', path: request.path, report: shortened(report) };
    });
  }

  startExport(request: ExportRequest): void {
    const out = checkedExport(request, this.parts.allowed);
    const options = exportOptions(request, out);
    this.start('export', out, async (tell, signal) => {
      const onProgress = (progress: { written: number; total: number }) => tell(exportProgress(progress));
      const report = await exportDataset(this.parts.project, { ...options, signal, onProgress });
      return { kind: 'exported', report: shortened(report) };
    });
  }

  stop(): void {
    this.stopping.abort();
    if (this.active === null) return;
    this.active = { ...this.active, is_stopping: true };
    this.tell();
  }

  forgetUnfinished(): void {
    if (this.active === null) rmSync(this.unfinishedFile, { force: true });
    this.tell();
  }

  get isIdle(): boolean {
    return this.active === null;
  }

  /** Settles once nothing goes on any more. */
  async whenIdle(): Promise<void> {
    await Promise.all([this.underWay, this.followed.whenIdle()]);
  }

  /** Ends what goes on, in order: an import can be gone on with, an export leaves nothing behind. */
  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.underWay, this.followed.close()]);
    await this.archives.close();
  }

  private start(
    what: Active['what'],
    path: string,
    work: (tell: TellTransfer, signal: AbortSignal) => Promise<TransferOutcome>,
  ): void {
    if (this.active !== null) {
      const message = `${this.active.what} of ${this.active.path} is under way; stop it, or wait until it has ended`;
      throw new AppError('transfer-under-way', message, { path: this.active.path });
    }
    this.stopping = new AbortController();
    this.last = null;
    this.active = { what, path, progress: { ...NOTHING_DONE, elapsed_ms: 0 }, is_stopping: false };
    this.tell();
    const done = this.run(work).catch((error: unknown) => {
      if (!(error instanceof AppError)) this.parts.logBug(error);
      const problem = error instanceof AppError ? error.message : `a fault of Lightbench: ${String(error)}`;
      return { kind: 'failed', what, path, problem } as const;
    });
    this.underWay = done.then((outcome) => {
      this.active = null;
      this.last = outcome;
      this.tell();
    });
  }

  private async run(
    work: (tell: TellTransfer, signal: AbortSignal) => Promise<TransferOutcome>,
  ): Promise<TransferOutcome> {
    for await (const event of told(work, this.parts.clock, this.stopping.signal)) {
      if (event.type === 'done') return event.value;
      if (this.active !== null) this.active = { ...this.active, progress: event.progress };
      this.tell();
    }
    throw new Error('a transfer ended without an outcome');
  }

  private unfinished(): ImportRequest | null {
    if (!existsSync(this.unfinishedFile)) return null;
    try {
      return ImportRequest.parse(JSON.parse(readFileSync(this.unfinishedFile, 'utf8')));
    } catch {
      return null; // written by another version: the import is asked for anew, and goes on all the same
    }
  }

  private tell(): void {
    this.parts.onChanged(this.state());
  }
}
