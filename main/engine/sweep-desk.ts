/** Sweeps of the open project: read, designed, and run in this engine whatever becomes of the window. */

import type { SweepHead, SweepRequest, SweepStart } from '../../preload/contract/sweep.ts';
import type { PolicyPreview, SweepDraft, SweepSource } from '../../preload/contract/sweep-draft.ts';
import { parseDevice } from '../devices/device.ts';
import type { FollowedSweep, Sweeping } from '../ipc/engine.ts';
import type { LogBug } from '../ipc/replies.ts';
import { askSweep } from '../schedule/ask-sweep.ts';
import { planSweep } from '../schedule/create-sweep.ts';
import { draftSweep } from '../schedule/draft-sweep.ts';
import { MemoryGate, measureInChild } from '../schedule/memory-gate.ts';
import { MemoryNotes } from '../schedule/memory-notes.ts';
import { slotsOf } from '../schedule/slots.ts';
import { runSweep } from '../schedule/sweep-scheduler.ts';
import { CHILD_TRAINER } from '../schedule/trainer.ts';
import { previewPolicies } from '../search/policy-preview.ts';
import { latestRevision } from '../store/changes.ts';
import { LiveSweep } from '../store/live-sweep.ts';
import type { ReadProject } from '../store/project.ts';
import type { RunHeads } from '../store/run-heads.ts';
import type { SharedWriter } from '../store/shared-writer.ts';
import { allSweeps, sweepById } from '../store/sweeps.ts';
import { trialHead } from '../store/trial-heads.ts';
import { defaultWeights } from '../weights/library.ts';

export interface SweepDeskParts {
  readonly project: ReadProject;
  readonly writer: SharedWriter;
  readonly heads: RunHeads;
  readonly library: string;
  readonly threads: number;
  readonly nowMs: () => number;
  readonly logBug: LogBug;
}

export class SweepDesk implements Sweeping {
  private readonly parts: SweepDeskParts;
  /** Sweeps that lists were asked about: read once, then only what changes. */
  private readonly known = new Map<string, LiveSweep>();
  private tried: { readonly revision: number; readonly previews: PolicyPreview[] } | null = null;
  private readonly active = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();

  constructor(parts: SweepDeskParts) {
    this.parts = parts;
  }

  /** Those that are run here. */
  get activeSweeps(): readonly string[] {
    return [...this.active.keys()];
  }

  list(): SweepHead[] {
    const sweeps = allSweeps(this.parts.project.db).toReversed();
    return sweeps.map(({ id }) => this.get(id));
  }

  get(id: string): SweepHead {
    return this.current(id).head;
  }

  private current(id: string): LiveSweep {
    const known = this.known.get(id) ?? new LiveSweep(this.parts.project.db, id);
    this.known.set(id, known);
    known.refresh();
    return known;
  }

  follow(id: string): () => FollowedSweep {
    const live = new LiveSweep(this.parts.project.db, id);
    return () => ({ trials: live.refresh().map(trialHead), sweep: live.head });
  }

  draft(source: SweepSource): SweepDraft {
    const { project, heads, nowMs } = this.parts;
    const parts = { project, runs: heads.all(), policies: () => this.previews(), nowMs: nowMs() };
    return draftSweep(parts, source);
  }

  start({ yaml, devices }: SweepStart): Promise<string> {
    return this.parts.writer.use((project) => {
      const { id } = planSweep(project, yaml, [...new Set(devices.map(parseDevice))], 'sweep.yaml');
      this.run(id);
      return id;
    });
  }

  /** Looks for itself whether it may be run: what fails later is in the sweep's row. */
  resume(id: string): Promise<void> {
    return this.parts.writer.use(({ db }) => {
      sweepById(db, id);
      this.run(id);
    });
  }

  async ask(id: string, request: SweepRequest): Promise<void> {
    const { project, writer, nowMs } = this.parts;
    sweepById(project.db, id);
    await askSweep(project, (work) => writer.use(work), id, request, nowMs());
  }

  /** Puts every sweep aside that is run here: each can be gone on with. */
  async close(): Promise<void> {
    const all = [...this.active.values()];
    for (const { abort } of all) abort.abort();
    await Promise.all(all.map(({ done }) => done));
  }

  /** Trying policies on many trials takes a while, and what is typed changes nothing about it. */
  private previews(): PolicyPreview[] {
    const revision = latestRevision(this.parts.project.db);
    if (this.tried?.revision !== revision) {
      const past = allSweeps(this.parts.project.db).map(({ id }) => this.current(id).trials);
      this.tried = { revision, previews: previewPolicies(past) };
    }
    return this.tried.previews;
  }

  private run(id: string): void {
    if (this.active.has(id)) return;
    const { writer, library, threads, logBug } = this.parts;
    const abort = new AbortController();
    const done = writer
      .use((project) => {
        const { plan, devices } = sweepById(project.db, id);
        return runSweep(id, {
          project,
          trainer: CHILD_TRAINER,
          slots: slotsOf(devices.map(parseDevice), threads, plan.max_concurrent_iterations),
          gate: new MemoryGate(measureInChild, process.availableMemory(), new MemoryNotes(project)),
          weightsFor: (model) => defaultWeights(library, model),
          listener: {},
          signal: abort.signal,
        });
      })
      .catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error)) logBug(error); // what people can act on is in the sweep's row
      })
      .finally(() => this.active.delete(id));
    this.active.set(id, { abort, done });
  }
}
