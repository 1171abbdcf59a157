/** A project that is open in this engine: read by many, written in turn, its runs trained here. */

import { join } from 'node:path';
import type { JudgeEvent } from '../../preload/contract/any-evaluation.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import type { RunProgress, TrainingChoices, TrainingRequest, WrittenBundle } from '../../preload/contract/training.ts';
import type { TransferState } from '../../preload/contract/transfers.ts';
import { replaceBundle } from '../bundle/write-bundle.ts';
import type { Clock } from '../clock.ts';
import { KeptFrames } from '../data/kept-frames.ts';
import { cacheFolder, framesFolder, tilesFolder, weightsFolder } from '../home.ts';
import { LookPool } from '../images/look-pool.ts';
import { PyramidCache } from '../images/pyramid-cache.ts';
import type { Activity, Training } from '../ipc/engine.ts';
import type { LogBug } from '../ipc/replies.ts';
import { ImageLabelling } from '../label/image-labelling.ts';
import { isModelId } from '../models/model-store.ts';
import { openModelSeer } from '../models/open-model-seer.ts';
import type { AllowedFolders } from '../projects/allowed-folders.ts';
import { evaluateRun } from '../schedule/evaluate-run.ts';
import { openSeer } from '../schedule/open-seer.ts';
import { RunQueue } from '../schedule/run-queue.ts';
import { trainingChoices } from '../schedule/training-choices.ts';
import { openProject, type ReadProject } from '../store/project.ts';
import { RunHeads } from '../store/run-heads.ts';
import { runById } from '../store/runs.ts';
import { SharedWriter } from '../store/shared-writer.ts';
import { ThumbnailCache } from '../store/thumbnail-cache.ts';
import { ProjectData } from './data-desk.ts';
import { ProjectModels } from './model-desk.ts';
import { type ProjectListener, ProjectWatch } from './project-watch.ts';
import { SweepDesk } from './sweep-desk.ts';
import { FollowedWork, type Tell } from './told.ts';
import { TransferDesk } from './transfer-desk.ts';

export interface SessionParts {
  readonly clock: Clock;
  readonly logBug: LogBug;
  /** Where this user's Lightbench keeps what outlives a process. */
  readonly home: string;
  readonly threads: number;
  /** Folders that windows may name. */
  readonly allowed: AllowedFolders;
}

export interface SessionListener extends ProjectListener {
  onProgress(run: string, progress: RunProgress | null): unknown;
  onTransfer(state: TransferState): unknown;
}

/** What a project that is being written calls the writer to whoever is refused meanwhile. */
const OWNER = 'the Lightbench window';

/** More children than this wait for the disk, not for each other. */
const MOST_LOOKERS = 4;

export class ProjectSession implements Training {
  readonly project: ReadProject;
  readonly data: ProjectData;
  readonly heads: RunHeads;
  readonly watch: ProjectWatch;
  readonly writer: SharedWriter;
  readonly runs: RunQueue;
  readonly sweeps: SweepDesk;
  readonly transfers: TransferDesk;
  readonly labelling: ImageLabelling;
  readonly models: ProjectModels;
  private readonly parts: SessionParts;
  private closing: Promise<void> | null = null;
  private readonly judging: FollowedWork;
  private readonly looks: LookPool;
  private readonly thumbnails: ThumbnailCache;
  private readonly pyramids: PyramidCache;

  /** Errors: as `openProject`. */
  constructor(folder: string, parts: SessionParts, listener: SessionListener) {
    const { clock, logBug, home, threads } = parts;
    const identity = { clock, owner: OWNER };
    this.parts = parts;
    this.project = openProject(folder, { ...identity, access: 'read' });
    this.heads = new RunHeads(this.project.db);
    this.judging = new FollowedWork(clock);
    this.watch = new ProjectWatch(this.project, this.heads, listener, logBug);
    this.writer = new SharedWriter(this.project.folder, identity);
    this.looks = new LookPool(Math.min(threads, MOST_LOOKERS));
    this.thumbnails = new ThumbnailCache(cacheFolder(home));
    this.pyramids = new PyramidCache(tilesFolder(home), { nowMs: () => clock.nowMs() });
    this.data = new ProjectData({
      ...{ project: this.project, writer: this.writer, looks: this.looks, thumbnails: this.thumbnails },
      pyramids: this.pyramids,
      clock,
      onWritten: () => {
        this.labelling.retell();
        this.watch.look();
      },
    });
    const onEdited = () => this.watch.look();
    this.labelling = new ImageLabelling({
      ...{ project: this.project, writer: this.writer, clock, onEdited },
      openSeer: (id) => (isModelId(id) ? openModelSeer : openSeer)(this.project, id, threads),
    });
    this.models = new ProjectModels({
      ...{ project: this.project, writer: this.writer, allowed: parts.allowed, clock, threads },
    });
    this.transfers = new TransferDesk({
      ...{ project: this.project, writer: this.writer, allowed: parts.allowed, clock, logBug },
      lookers: Math.max(1, Math.min(threads, MOST_LOOKERS)),
      frames: new KeptFrames(framesFolder(home), { nowMs: () => clock.nowMs() }),
      onChanged: listener.onTransfer.bind(listener),
      onWritten: () => this.watch.look(),
    });
    const library = weightsFolder(home);
    const onProgress = listener.onProgress.bind(listener);
    const nowMs = () => clock.nowMs();
    this.sweeps = new SweepDesk({
      project: this.project,
      writer: this.writer,
      heads: this.heads,
      library,
      threads,
      nowMs,
      logBug,
    });
    this.runs = new RunQueue({ writer: this.writer, library, threads, logBug, onProgress });
  }

  choices(): TrainingChoices {
    return trainingChoices(weightsFolder(this.parts.home));
  }

  async start(request: TrainingRequest): Promise<string> {
    const run = await this.runs.start(request);
    this.watch.look();
    return run;
  }

  async stop(run: string): Promise<void> {
    await this.runs.stop(run);
    this.watch.look();
  }

  async resume(run: string): Promise<void> {
    await this.runs.resume(run);
    this.watch.look();
  }

  async bundle(run: string): Promise<WrittenBundle> {
    const { id } = runById(this.project.db, run);
    const folder = join(this.project.folder, 'bundles', id);
    const { clock, threads } = this.parts;
    const { model, labels } = await replaceBundle(this.project, id, folder, { clock, threads });
    return { folder, model, labels: labels.length };
  }

  async *judge(run: string, split: Split, signal: AbortSignal | undefined): AsyncGenerator<JudgeEvent> {
    const { threads } = this.parts;
    const work = (tell: Tell<{ done: number; total: number }>, until: AbortSignal) => {
      const onProgress = (done: number, total: number) => tell({ done, total });
      return evaluateRun(this.project, run, split, threads, { signal: until, onProgress });
    };
    for await (const event of this.judging.follow(work, signal)) {
      yield event.type === 'done' ? { type: 'done' } : event;
    }
  }

  activity(): Activity {
    const { active } = this.transfers.state();
    return {
      runs: this.runs.activeRuns,
      sweeps: this.sweeps.activeSweeps,
      transfers: active === null ? [] : [active.what],
    };
  }

  /** Nothing goes on here that would end with the session. */
  get isIdle(): boolean {
    return this.runs.isIdle && this.transfers.isIdle;
  }

  /** Settles once nothing goes on any more. */
  async whenIdle(): Promise<void> {
    while (!this.isIdle) await Promise.all([this.runs.whenIdle(), this.transfers.whenIdle()]);
  }

  /** Ends what is going on here, in order, then the project; once, however often it is asked to. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.watch.stop();
    await Promise.all([this.judging.close(), this.data.close()]);
    await Promise.all([this.runs.close(), this.sweeps.close(), this.transfers.close(), this.models.close()]);
    this.looks.close();
    this.pyramids.close();
    this.thumbnails.close();
    this.project.close();
  }
}
