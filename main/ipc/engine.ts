/** What the handlers of the contract need from the engine: reading, having things done, and being told of changes. */

import type { Mask } from '../../native-models/geometry/mask.ts';
import type { AnyEvaluation, JudgeEvent } from '../../preload/contract/any-evaluation.ts';
import type {
  DataEdit,
  DataFacts,
  DataState,
  ImageCard,
  ImageQuery,
  LookAlikeEvent,
  MadeEdit,
  TurnedEdit,
} from '../../preload/contract/data.ts';
import type { EngineInfo } from '../../preload/contract/engine.ts';
import type {
  ClickRequest,
  ImportedModel,
  ModelShelf,
  ModelSource,
  ModelSurvey,
  NewModel,
  Tried,
  TryRequest,
} from '../../preload/contract/imported-models.ts';
import type {
  Edit,
  HistoryEntry,
  ImageChange,
  ImageDocument,
  ImageEvent,
  ImageNeighbours,
  ImagePicture,
} from '../../preload/contract/labelling.ts';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import type {
  CompactReport,
  CopyEvent,
  FolderListing,
  NewProject,
  ProjectsHome,
  RepairReport,
  RepairRequest,
  VerifyEvent,
} from '../../preload/contract/projects.ts';
import type { PredictEvent, PredictRequest } from '../../preload/contract/proposals.ts';
import type { RunHead, RunSummary } from '../../preload/contract/run.ts';
import type { SequenceView } from '../../preload/contract/sequences.ts';
import type { SweepHead, SweepRequest, SweepStart, TrialHead } from '../../preload/contract/sweep.ts';
import type { SweepDraft, SweepSource } from '../../preload/contract/sweep-draft.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import type { RunProgress, TrainingChoices, TrainingRequest, WrittenBundle } from '../../preload/contract/training.ts';
import type {
  CheckEvent,
  ExportCheckEvent,
  ExportFormatName,
  ExportRequest,
  ImportRequest,
  ImportSource,
  SurveyEvent,
  TransferState,
} from '../../preload/contract/transfers.ts';

export type Unsubscribe = () => void;

export type ProgressListener = (run: string, progress: RunProgress | null) => void;

/** What the engine does about the runs of the open project; errors as the contract says. */
export interface Training {
  choices(): TrainingChoices;
  /** Returns the run's id. */
  start(request: TrainingRequest): Promise<string>;
  stop(run: string): Promise<void>;
  resume(run: string): Promise<void>;
  bundle(run: string): Promise<WrittenBundle>;
  judge(run: string, split: Split, signal: AbortSignal | undefined): AsyncGenerator<JudgeEvent>;
}

/** What the engine does about the images of the open project; errors as the contract says. */
export interface DataDesk {
  state(): DataState;
  facts(): DataFacts;
  /** Ids in order. */
  find(query: ImageQuery): Uint32Array;
  cards(ids: readonly number[]): ImageCard[];
  edit(edit: DataEdit): Promise<MadeEdit>;
  /** Return what was done, in words; null where there was nothing to take back. */
  undo(): Promise<TurnedEdit | null>;
  redo(): Promise<TurnedEdit | null>;
  undoEdit(id: number): Promise<TurnedEdit | null>;
  lookAlikes(signal: AbortSignal | undefined): AsyncGenerator<LookAlikeEvent>;
}

/** What the engine does about what is drawn on images; errors as the contract says. */
export interface Labelling {
  document(image: number): ImageDocument;
  apply(edit: Edit): Promise<ImageChange>;
  undo(image: number): Promise<ImageChange>;
  redo(image: number): Promise<ImageChange>;
  history(image: number): readonly HistoryEntry[];
  neighbours(image: number): ImageNeighbours;
  picture(image: number): ImagePicture;
  sequence(image: number): SequenceView | null;
  /** Returns the track's id. */
  beginTrack(image: number): Promise<number>;
  predict(request: PredictRequest, signal: AbortSignal | undefined): AsyncGenerator<PredictEvent>;
  nextDisagreement(image: number): number | null;
  spend(image: number, spentMs: number): Promise<number>;
  first(): number | null;
  /** Called after every change that a window makes to the image, and with all of it after an edit of many. */
  onChanged(image: number, listener: (event: ImageEvent) => void): Unsubscribe;
}

/** What the engine does about models from elsewhere; errors as the contract says. */
export interface ModelDesk {
  list(): ModelShelf;
  survey(source: ModelSource, signal: AbortSignal | undefined): Promise<ModelSurvey>;
  tryOut(request: TryRequest, signal: AbortSignal | undefined): Promise<Tried>;
  add(model: NewModel): Promise<ImportedModel>;
  /** Null where it finds nothing. */
  click(request: ClickRequest, signal: AbortSignal | undefined): Promise<Mask | null>;
  prepare(model: string, image: number, signal: AbortSignal | undefined): Promise<void>;
  remove(id: string): Promise<void>;
  /** Called after one was added or removed here. */
  onChanged(listener: () => void): Unsubscribe;
}

export interface FollowedSweep {
  readonly sweep: SweepHead;
  readonly trials: TrialHead[];
}

/** What the engine does about the sweeps of the open project; errors as the contract says. */
export interface Sweeping {
  /** Newest first. */
  list(): SweepHead[];
  get(id: string): SweepHead;
  /** Each call tells the sweep, and those of its trials that are not as the call before told them. */
  follow(id: string): () => FollowedSweep;
  draft(source: SweepSource): SweepDraft;
  /** Returns the sweep's id. */
  start(request: SweepStart): Promise<string>;
  resume(id: string): Promise<void>;
  ask(id: string, request: SweepRequest): Promise<void>;
}

/** What the engine does about data sets that come in and go out; errors as the contract says. */
export interface Transfers {
  state(): TransferState;
  exportFormats(): ExportFormatName[];
  survey(source: ImportSource, signal: AbortSignal | undefined): AsyncGenerator<SurveyEvent>;
  check(request: ImportRequest, signal: AbortSignal | undefined): AsyncGenerator<CheckEvent>;
  checkExport(request: ExportRequest, signal: AbortSignal | undefined): AsyncGenerator<ExportCheckEvent>;
  startImport(request: ImportRequest): void;
  startExport(request: ExportRequest): void;
  stop(): void;
  forgetUnfinished(): void;
}

/** What the engine does about projects; errors as the contract says. */
export interface ProjectsDesk {
  home(): ProjectsHome;
  folders(folder: string | null): FolderListing;
  open(folder: string): void;
  close(): void;
  create(project: NewProject): void;
  forget(folder: string): void;
  restore(folder: string): void;
  rename(name: string): Promise<void>;
  duplicate(parent: string, name: string, signal: AbortSignal | undefined): AsyncGenerator<CopyEvent>;
  verify(signal: AbortSignal | undefined): AsyncGenerator<VerifyEvent>;
  repair(request: RepairRequest): Promise<RepairReport>;
  compact(): Promise<CompactReport>;
}

/** What would end, or be put aside, with the engine; of all projects that it has open. */
export interface Activity {
  readonly runs: readonly string[];
  readonly sweeps: readonly string[];
  readonly transfers: readonly ('import' | 'export')[];
}

export interface Engine {
  readonly projects: ProjectsDesk;
  info(): EngineInfo;
  activity(): Activity;
  /** Null while no project is open. */
  projectOverview(): ProjectOverview | null;
  /** Newest first. */
  runHeads(): readonly RunHead[];
  runSummary(id: string): RunSummary | null;
  /** Of a run that is there. */
  judgedParts(run: string): readonly Split[];
  /** Of a run that is there. Errors: file-unreadable. */
  evaluation(run: string, split: Split): AnyEvaluation | null;
  /** Errors: no-project. */
  training(): Training;
  /** Errors: no-project. */
  sweeps(): Sweeping;
  /** Errors: no-project. */
  data(): DataDesk;
  /** Errors: no-project. */
  labelling(): Labelling;
  /** Errors: no-project. */
  models(): ModelDesk;
  /** Errors: no-project. */
  transfers(): Transfers;
  /** Called after the project's name, images, labels or splits changed, or another project was opened. */
  onProjectChanged(listener: (project: ProjectOverview | null) => void): Unsubscribe;
  /** Called after images, labels, tags or classes changed, whoever changed them. */
  onDataChanged(listener: (state: DataState) => void): Unsubscribe;
  /** Called after a run was added, changed state or finished an epoch. */
  onRunChanged(listener: (run: RunHead) => void): Unsubscribe;
  /** Called with the id of a sweep that was added, or of which anything changed. */
  onSweepChanged(listener: (id: string) => void): Unsubscribe;
  /** Called while an import or export goes on, and when it has ended. */
  onTransferChanged(listener: (state: TransferState) => void): Unsubscribe;
  /** Called while a run of this engine trains, and with null once it no longer does. */
  onRunProgress(listener: ProgressListener): Unsubscribe;
}
