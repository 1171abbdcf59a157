/** An engine in memory: what a test puts in is what the contract tells. */

import type {
  Activity,
  DataDesk,
  Engine,
  Labelling,
  ModelDesk,
  ProgressListener,
  ProjectsDesk,
  Sweeping,
  Training,
  Transfers,
} from '../../main/ipc/engine.ts';
import type { ImageFile, ImageSource } from '../../main/serve/images.ts';
import { headOf } from '../../main/store/run-heads.ts';
import type { TilePlace } from '../../native-models/geometry/tile-pyramid.ts';
import type { AnyEvaluation, JudgeEvent } from '../../preload/contract/any-evaluation.ts';
import type { EngineInfo } from '../../preload/contract/engine.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import type { RunHead, RunSummary } from '../../preload/contract/run.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import type { RunProgress, TrainingChoices } from '../../preload/contract/training.ts';
import type { ExportReport, TransferState } from '../../preload/contract/transfers.ts';
import { CONTRACT_VERSION } from '../../preload/contract/version.ts';

export const SIGN_PROJECT: ProjectOverview = {
  name: 'Hand signs',
  task: 'image-classification',
  folder: '/data/projects/hand-signs',
  image_count: 500,
  unlabelled: 0,
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map((name) => ({ name, count: 50, color: '#808000' })),
  without_class: 0,
  splits: { train: 0, validation: 0, test: 125, unassigned: 375 },
};

export const PROGRESS: RunProgress = {
  epoch: 8,
  epochs: 15,
  phase: 'training',
  step: 12,
  steps: 40,
  loss: 0.42,
  images_per_second: 311,
  remaining_ms: 95_000,
};

/** As on a machine without a graphics card, with weights for one model. */
export const CHOICES: TrainingChoices = {
  devices: [
    { device: 'cpu', problem: null },
    { device: 'cuda:0', problem: 'cuda provider: not installed; run "npm run setup:cuda"' },
  ],
  weights: [{ name: 'resnet18-tiny', model: 'resnet18', title: 'made for a test', licence: 'Apache-2.0' }],
};

const noProject = (): never => {
  throw new AppError('no-project', 'no project is open');
};

/** Projects are opened and made over real folders: this engine has none. */
const NO_PROJECTS: ProjectsDesk = {
  home: () => ({ recent: [], roots: ['/data/projects'] }),
  folders: (folder) => ({ folder: folder ?? '/data/projects', parent: null, folders: [], files: [] }),
  ...{ open: noProject, close: noProject, create: noProject, forget: noProject, restore: noProject },
  ...{ rename: noProject, duplicate: noProject, verify: noProject, repair: noProject, compact: noProject },
};

const NO_TRANSFER: TransferState = { active: null, last: null, unfinished: null };

export class MemoryEngine implements Engine, ImageSource {
  readonly projects = NO_PROJECTS;
  readonly runs = new Map<string, RunSummary>();
  readonly images = new Map<number, ImageFile>();
  /** Files by content, level, column and row. */
  readonly tiles = new Map<string, string>();
  readonly evaluations: AnyEvaluation[] = [];
  /** Judging takes as long as anybody waits for it. */
  isSlow = false;
  /** What runs will be judged to be once somebody asks. */
  readonly unjudged: AnyEvaluation[] = [];
  project: ProjectOverview | null;
  contractVersion = CONTRACT_VERSION;
  /** What `labelling` answers with; without it no project is open for labelling. */
  labels: Labelling | null = null;
  /** What was asked of its runs, in order, as `['stop', 'r0001']`. */
  readonly asked: (readonly [what: string, of: unknown])[] = [];
  /** Thrown by the next call of `evaluation`, or about training. */
  refusal: Error | null = null;
  /** Thrown by the next call of `runHeads`, as a bug or an AppError would be. */
  failure: Error | null = null;
  private readonly progressListeners = new Set<ProgressListener>();
  private readonly transferListeners = new Set<(state: TransferState) => void>();
  private readonly runListeners = new Set<(run: RunHead) => void>();
  private readonly projectListeners = new Set<(project: ProjectOverview | null) => void>();

  constructor(project: ProjectOverview | null, runs: readonly RunSummary[] = []) {
    this.project = project;
    for (const run of runs) this.runs.set(run.id, run);
  }

  get listenerCount(): number {
    const { runListeners, projectListeners, progressListeners, transferListeners } = this;
    return runListeners.size + projectListeners.size + progressListeners.size + transferListeners.size;
  }

  /** Stores the run and tells everyone who watches. */
  change(run: RunSummary): void {
    this.runs.set(run.id, run);
    for (const listener of this.runListeners) listener(headOf(run));
  }

  tellProgress(run: string, progress: RunProgress | null): void {
    for (const listener of this.progressListeners) listener(run, progress);
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

  /** Whatever is running, and no more. */
  activity(): Activity {
    const running = [...this.runs.values()].filter(({ state }) => state === 'running');
    return { runs: running.map(({ id }) => id), sweeps: [], transfers: [] };
  }

  projectOverview(): ProjectOverview | null {
    return this.project;
  }

  runHeads(): readonly RunHead[] {
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure;
    return [...this.runs.values()].map(headOf).toSorted((a, b) => b.created_at_ms - a.created_at_ms);
  }

  runSummary(id: string): RunSummary | null {
    return this.runs.get(id) ?? null;
  }

  judgedParts(run: string): readonly Split[] {
    return this.evaluations.filter((evaluation) => evaluation.run === run).map(({ split }) => split);
  }

  evaluation(run: string, split: Split): AnyEvaluation | null {
    const { refusal } = this;
    this.refusal = null;
    if (refusal !== null) throw refusal;
    return this.evaluations.find((evaluation) => evaluation.run === run && evaluation.split === split) ?? null;
  }

  /** Adds what `unjudged` holds of the run to what it was judged to be; a slow engine goes on until it is aborted. */
  private async *judge(run: string, split: Split, signal: AbortSignal | undefined): AsyncGenerator<JudgeEvent> {
    const { refusal } = this;
    this.refusal = null;
    if (refusal !== null) throw refusal;
    yield { type: 'progress', progress: { done: 1, total: 4, elapsed_ms: 100 } };
    if (this.isSlow) {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      this.isSlow = false;
      return;
    }
    this.evaluations.push(
      ...this.unjudged.filter((evaluation) => evaluation.run === run && evaluation.split === split),
    );
    yield { type: 'done' };
  }

  /** Writes down what is asked; `refusal` is thrown where there is one. */
  training(): Training {
    const ask = async <T>(what: string, of: unknown, reply: T): Promise<T> => {
      const { refusal } = this;
      this.refusal = null;
      if (refusal !== null) throw refusal;
      this.asked.push([what, of]);
      return reply;
    };
    return {
      choices: () => CHOICES,
      start: (request) => ask('start', request, 'r0100'),
      stop: (run) => ask('stop', run, undefined),
      resume: (run) => ask('resume', run, undefined),
      judge: (run, split, signal) => this.judge(run, split, signal),
      bundle: (run) => ask('bundle', run, { folder: `/data/bundles/${run}`, model: 'resnet18', labels: 10 }),
    };
  }

  /** Sweeps are run over real projects: this engine has none. */
  sweeps(): Sweeping {
    throw new AppError('no-project', 'no project is open');
  }

  onSweepChanged(): () => void {
    return () => {};
  }

  /** Models are files of real projects: this engine has none. */
  models(): ModelDesk {
    const none = () => Promise.reject(new AppError('no-project', 'no project is open'));
    return {
      list: () => ({ models: [], damaged: [] }),
      survey: none,
      tryOut: none,
      add: none,
      remove: none,
      click: none,
      prepare: none,
      onChanged: () => () => {},
    };
  }

  tellTransfer(state: TransferState): void {
    for (const listener of this.transferListeners) listener(state);
  }

  /** Writes down what is asked, and has nothing to read or write. */
  transfers(): Transfers {
    const ask = (what: string, of: unknown) => void this.asked.push([what, of]);
    const notThere = (path: string) => new AppError('file-missing', `import: there is no ${path}`, { file: path });
    const report: ExportReport = {
      ...{ format: 'coco', folder: '/data/out', images: 500, objects: 0 },
      ...{ not_kept: ['3 crowds are written as other objects'], missing: [], warnings: [] },
    };
    return {
      state: () => NO_TRANSFER,
      exportFormats: () => ['jsonl', 'folder'],
      // biome-ignore lint/correctness/useYield: it fails before it has anything to tell
      survey: async function* ({ path }) {
        throw notThere(path);
      },
      // biome-ignore lint/correctness/useYield: as above
      check: async function* ({ path }) {
        throw notThere(path);
      },
      checkExport: async function* () {
        yield { type: 'done', report };
      },
      startImport: (request) => ask('import', request),
      startExport: (request) => ask('export', request),
      stop: () => ask('stop transfer', null),
      forgetUnfinished: () => ask('forget', null),
    };
  }

  onTransferChanged(listener: (state: TransferState) => void): () => void {
    this.transferListeners.add(listener);
    return () => this.transferListeners.delete(listener);
  }

  /** Images are browsed over real projects: this engine has none. */
  data(): DataDesk {
    throw new AppError('no-project', 'no project is open');
  }

  async prepareTiles(sha256: string): Promise<boolean> {
    return [...this.tiles.keys()].some((key) => key.startsWith(sha256));
  }

  tileFile(sha256: string, { level, column, row }: TilePlace): string | null {
    return this.tiles.get(`${sha256} ${level} ${column} ${row}`) ?? null;
  }

  thumbnail(): Promise<Uint8Array | null> {
    return Promise.resolve(null);
  }

  onDataChanged(): () => void {
    return () => {};
  }

  labelling(): Labelling {
    if (this.labels === null) throw new AppError('no-project', 'no project is open');
    return this.labels;
  }

  imageFile(id: number): ImageFile | null {
    return this.images.get(id) ?? null;
  }

  onProjectChanged(listener: (project: ProjectOverview | null) => void): () => void {
    this.projectListeners.add(listener);
    return () => this.projectListeners.delete(listener);
  }

  onRunChanged(listener: (run: RunHead) => void): () => void {
    this.runListeners.add(listener);
    return () => this.runListeners.delete(listener);
  }

  onRunProgress(listener: ProgressListener): () => void {
    this.progressListeners.add(listener);
    return () => this.progressListeners.delete(listener);
  }
}
