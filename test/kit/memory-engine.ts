/** An engine in memory: what a test puts in is what the contract tells. */

import type { Engine } from '../../main/ipc/engine.ts';
import type { ImageFile, ImageSource } from '../../main/serve/images.ts';
import type { EngineInfo } from '../../preload/contract/engine.ts';
import type { Evaluation } from '../../preload/contract/evaluation.ts';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import { CONTRACT_VERSION } from '../../preload/contract/version.ts';

export const SIGN_PROJECT: ProjectOverview = {
  name: 'Hand signs',
  task: 'image-classification',
  folder: '/data/projects/hand-signs',
  image_count: 500,
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map((name) => ({ name, count: 50 })),
  without_class: 0,
  splits: { train: 0, validation: 0, test: 125, unassigned: 375 },
};

export class MemoryEngine implements Engine, ImageSource {
  readonly runs = new Map<string, RunSummary>();
  readonly images = new Map<number, ImageFile>();
  readonly evaluations: Evaluation[] = [];
  project: ProjectOverview | null;
  contractVersion = CONTRACT_VERSION;
  /** Thrown by the next call of `evaluation`. */
  refusal: Error | null = null;
  /** Thrown by the next call of `runSummaries`, as a bug or an AppError would be. */
  failure: Error | null = null;
  private readonly runListeners = new Set<(run: RunSummary) => void>();
  private readonly projectListeners = new Set<(project: ProjectOverview | null) => void>();

  constructor(project: ProjectOverview | null, runs: readonly RunSummary[] = []) {
    this.project = project;
    for (const run of runs) this.runs.set(run.id, run);
  }

  get listenerCount(): number {
    return this.runListeners.size + this.projectListeners.size;
  }

  /** Stores the run and tells everyone who watches. */
  change(run: RunSummary): void {
    this.runs.set(run.id, run);
    for (const listener of this.runListeners) listener(run);
  }

  changeProject(project: ProjectOverview | null): void {
    this.project = project;
    for (const listener of this.projectListeners) listener(project);
  }

  info(): EngineInfo {
    const lightbench_version = '0.0.0-test';
    return {
      contract_version: this.contractVersion,
      lightbench_version,
      node_version: '24.0.0',
      platform: 'linux-x64',
    };
  }

  projectOverview(): ProjectOverview | null {
    return this.project;
  }

  runSummaries(): readonly RunSummary[] {
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure;
    return [...this.runs.values()].toSorted((a, b) => b.created_at_ms - a.created_at_ms);
  }

  runSummary(id: string): RunSummary | null {
    return this.runs.get(id) ?? null;
  }

  judgedParts(run: string): readonly Split[] {
    return this.evaluations.filter((evaluation) => evaluation.run === run).map(({ split }) => split);
  }

  evaluation(run: string, split: Split): Evaluation | null {
    const { refusal } = this;
    this.refusal = null;
    if (refusal !== null) throw refusal;
    return this.evaluations.find((evaluation) => evaluation.run === run && evaluation.split === split) ?? null;
  }

  imageFile(id: number): ImageFile | null {
    return this.images.get(id) ?? null;
  }

  onProjectChanged(listener: (project: ProjectOverview | null) => void): () => void {
    this.projectListeners.add(listener);
    return () => this.projectListeners.delete(listener);
  }

  onRunChanged(listener: (run: RunSummary) => void): () => void {
    this.runListeners.add(listener);
    return () => this.runListeners.delete(listener);
  }
}
