/**
 * Every call a window may make and every stream it may follow, over MessagePort and WebSocket alike.
 * A stream opens with the whole state and then tells each change, so a reader that connects late or again misses
 * nothing; it ends when the reader aborts it or the connection closes.
 */

import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { AnyEvaluation, JudgeEvent } from './any-evaluation.ts';
import {
  DataEdit,
  DataFacts,
  DataState,
  FoundImages,
  ImageCard,
  ImageQuery,
  LookAlikeEvent,
  MadeEdit,
  MOST_ROWS,
  TurnedEdit,
} from './data.ts';
import { EngineInfo } from './engine.ts';
import { ERROR_CODES } from './errors.ts';
import {
  ClickRequest,
  ImportedModel,
  ModelShelf,
  ModelSource,
  ModelSurvey,
  NewModel,
  Tried,
  TryRequest,
} from './imported-models.ts';
import {
  Edit,
  HistoryEntry,
  ImageChange,
  ImageEvent,
  ImageNeighbours,
  ImagePicture,
  MaskRuns,
  SpentTime,
  WorkTime,
} from './labelling.ts';
import { ProjectOverview } from './project.ts';
import {
  CompactReport,
  CopyEvent,
  FolderListing,
  FolderPath,
  NewProject,
  ProjectName,
  ProjectsHome,
  RepairReport,
  RepairRequest,
  VerifyEvent,
} from './projects.ts';
import { PredictEvent, PredictRequest } from './proposals.ts';
import { MOST_FOLLOWED_RUNS, RunEpochs, RunHead, RunSummary } from './run.ts';
import { SequenceView } from './sequences.ts';
import { SweepEvent, SweepHead, SweepRequest, SweepStart } from './sweep.ts';
import { SweepDraft, SweepSource } from './sweep-draft.ts';
import { Split } from './tasks.ts';
import { RunProgress, TrainingChoices, TrainingRequest, WrittenBundle } from './training.ts';
import {
  CheckEvent,
  ExportCheckEvent,
  ExportFormatName,
  ExportRequest,
  ImportRequest,
  ImportSource,
  SurveyEvent,
  TransferState,
} from './transfers.ts';

/** The form in which an `AppError` crosses the boundary; its sentence travels as the message. */
export const AppErrorData = z.object({ code: z.enum(ERROR_CODES), details: z.record(z.string(), z.unknown()) });
export type AppErrorData = z.infer<typeof AppErrorData>;

export const RunEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), runs: z.array(RunHead) }),
  z.object({ type: z.literal('changed'), runs: z.array(RunHead) }),
  /** Of a run that this engine trains; null once it no longer does. */
  z.object({ type: z.literal('progress'), id: z.string(), progress: RunProgress.nullable() }),
]);
export type RunEvent = z.infer<typeof RunEvent>;

const call = oc.errors({ APP_ERROR: { data: AppErrorData } });
const ofImage = call.input(z.object({ image_id: z.int().positive() }));
const ofSweep = call.input(z.object({ id: z.string() }));
const ofRun = call.input(z.object({ id: z.string() }));

export const contract = {
  engine: {
    info: call.output(EngineInfo),
  },
  project: {
    /** Null while no project is open. */
    get: call.output(ProjectOverview.nullable()),
    watch: call.output(eventIterator(ProjectOverview.nullable())),
  },
  /** What is drawn on images. Errors of all: no-project, image-unknown. */
  labelling: {
    /** Errors: edit-conflict when something is no longer as the edit found it; bad-annotation; project-in-use. */
    apply: call.input(Edit).output(ImageChange),
    /** Takes back the last edit of the image. Errors: edit-conflict, project-in-use. */
    undo: ofImage.output(ImageChange),
    /** Does again what was taken back last. Errors: edit-conflict, project-in-use. */
    redo: ofImage.output(ImageChange),
    /** The newest first. */
    history: ofImage.output(z.array(HistoryEntry)),
    neighbours: ofImage.output(ImageNeighbours),
    picture: ofImage.output(ImagePicture),
    /** The sequence that the image is a frame of, with its tracks; null for one that is no frame. */
    sequence: ofImage.output(SequenceView.nullable()),
    /** A new track in the sequence of a frame; it is there once a box says that it is of it. Errors: bad-annotation, project-in-use. */
    beginTrack: ofImage.output(z.object({ id: z.int().positive() })),
    /**
     * Has the kept model of a run, or a model from elsewhere, look at images, labelled or not; what it says of each comes with the image's changes.
     * Ending the stream stops it; what was said so far is kept.
     * Errors: run-not-found, run-without-model, model-unknown, model-invalid, project-in-use, training-process-died, timed-out.
     */
    predict: call.input(PredictRequest).output(eventIterator(PredictEvent)),
    /** The next image on which two models disagree, the most disagreed-on first; null where there is none. */
    nextDisagreement: ofImage.output(z.int().positive().nullable()),
    /** Adds to the time that people have worked on the image. Errors: project-in-use. */
    spend: call.input(SpentTime).output(WorkTime),
    /** The first image, one that nobody has labelled where there is one; null in an empty project. */
    first: call.output(z.int().positive().nullable()),
    watch: ofImage.output(eventIterator(ImageEvent)),
  },
  /** Models from elsewhere, which can be asked as runs are. Errors of all: no-project, folder-not-allowed. */
  models: {
    /** Now, and after each that is added or removed here. */
    watch: call.output(eventIterator(ModelShelf)),
    /**
     * Looks at a file, or a bundle, and says how it is probably used; nothing is written.
     * Errors: file-missing, file-unreadable, bundle-invalid, model-invalid, timed-out, training-process-died.
     */
    survey: call.input(ModelSource).output(ModelSurvey),
    /** What it would say of one image. Errors: as `survey`, image-unknown, and those of reading the image. */
    tryOut: call.input(TryRequest).output(Tried),
    /** Copies it into the project. Errors: file-missing, model-invalid, project-in-use, disk-full, folder-unwritable. */
    add: call.input(NewModel).output(ImportedModel),
    /**
     * The object at some points of an image, by a model that answers clicks; null where it finds none. Aborting takes the
     * question back. Errors: model-unknown, model-invalid, image-unknown, timed-out, training-process-died; those of reading
     * the image.
     */
    click: call.input(ClickRequest).output(z.object({ mask: MaskRuns.nullable() })),
    /** Has such a model look at an image ahead of the first click, after whatever somebody waits for. Errors: as `click`. */
    prepare: call.input(z.object({ model_id: z.string(), image_id: z.int().positive() })).output(z.null()),
    /** With all that it said and nobody accepted. Errors: model-unknown, project-in-use. */
    remove: call.input(z.object({ id: z.string() })).output(z.null()),
  },
  /** Errors of all: no-project. */
  sweeps: {
    /** Newest first. */
    list: call.output(z.array(SweepHead)),
    /** Errors: sweep-not-found. */
    get: ofSweep.output(SweepHead),
    /** The sweep with heads of all its trials, then what changes of it. Errors: sweep-not-found. */
    watch: ofSweep.output(eventIterator(SweepEvent)),
    /** What a file would do, or what is wrong with it; nothing is begun. */
    draft: call.input(SweepSource).output(SweepDraft),
    /**
     * Writes down a sweep and runs it in this engine, whatever becomes of the window.
     * Errors: bad-sweep, bad-argument (device), project-in-use.
     */
    start: call.input(SweepStart).output(z.object({ id: z.string() })),
    /** Goes on with one that was paused, stopped or interrupted. Errors: sweep-not-found, sweep-wrong-state, project-in-use. */
    resume: ofSweep.output(z.null()),
    /** Whichever process runs it does what is asked. Errors: sweep-not-found, sweep-wrong-state, bad-argument, project-in-use. */
    ask: call.input(z.object({ id: z.string(), request: SweepRequest })).output(z.null()),
  },
  runs: {
    /** Newest first. */
    list: call.output(z.array(RunHead)),
    /** Errors: run-not-found. */
    get: ofRun.output(RunSummary),
    /** Heads of all runs, then of each run that changed; a slow reader is told the latest state of a run only. */
    watch: call.output(eventIterator(RunEvent)),
    /** The epochs of a few runs, then those that come. Errors: run-not-found. */
    watchEpochs: call
      .input(z.object({ ids: z.array(z.string()).min(1).max(MOST_FOLLOWED_RUNS) }))
      .output(eventIterator(RunEpochs)),
    /** The parts of the images that the run's kept model was judged on. Errors: run-not-found. */
    judgedParts: ofRun.output(z.array(Split)),
    /** Null where the run was not judged on that part. Errors: run-not-found, file-unreadable. */
    evaluation: call.input(z.object({ id: z.string(), split: Split })).output(AnyEvaluation.nullable()),
    /**
     * Judges the run's kept model on that part, and ends when its report is written, in place of an earlier one.
     * Errors: no-project, run-not-found, run-without-model, too-few-images, training-process-died, and those of reading
     * images.
     */
    judge: call.input(z.object({ id: z.string(), split: Split })).output(eventIterator(JudgeEvent)),
    /** What a run of the open project can be trained with here. Errors: no-project. */
    choices: call.output(TrainingChoices),
    /**
     * Writes down a run, which begins as soon as its device is free, and goes on whatever becomes of the window.
     * Errors: no-project, project-in-use, model-unknown, bad-hyperparameter, bad-argument, too-few-images, file-missing,
     * weights-invalid.
     */
    start: call.input(TrainingRequest).output(z.object({ id: z.string() })),
    /** Ends a run of this engine after its step; it can be resumed. Errors: run-not-found, run-wrong-state. */
    stop: ofRun.output(z.null()),
    /**
     * Goes on with a run that ended early or never began, when its device is free.
     * Errors: run-not-found, run-not-resumable, project-in-use.
     */
    resume: ofRun.output(z.null()),
    /**
     * Writes the bundle of a run's kept model below the project, in place of an earlier one.
     * Errors: run-not-found, run-without-model, too-few-images, disk-full, folder-unwritable.
     */
    bundle: ofRun.output(WrittenBundle),
  },
  /** About the images of the open project. Errors of all: no-project. */
  data: {
    /** Counts of all there is. */
    facts: call.output(DataFacts),
    /** The images that a filter lets through, in the order asked for. */
    find: call.input(ImageQuery).output(FoundImages),
    /** What is shown of a few images; ids without an image are left out. */
    cards: call.input(z.object({ ids: z.array(z.int().positive()).max(MOST_ROWS) })).output(z.array(ImageCard)),
    /** Errors: project-in-use, bad-label, class-not-found, duplicate-name. */
    edit: call.input(DataEdit).output(MadeEdit),
    /**
     * Take back the latest edit, or bring it again, but for what was changed since; null where there is none.
     * Errors: project-in-use, edit-conflict.
     */
    undo: call.output(z.object({ turned: TurnedEdit.nullable() })),
    redo: call.output(z.object({ turned: TurnedEdit.nullable() })),
    /**
     * Takes that one edit back; null where it was taken back already.
     * Errors: edit-conflict where another edit was made since, or nothing of it can be; project-in-use.
     */
    undoEdit: call.input(z.object({ id: z.int().positive() })).output(z.object({ turned: TurnedEdit.nullable() })),
    /** Now, and after every change of images, labels, tags or classes, whoever makes it. */
    watch: call.output(eventIterator(DataState)),
    /** Looks at every image that was not looked at yet, then tells which look alike. Errors: project-in-use. */
    lookAlikes: call.output(eventIterator(LookAlikeEvent)),
  },
  /** Data sets that come into the open project and go out of it. Errors of all: no-project, folder-not-allowed. */
  transfers: {
    /** Those that hold what the project's task says. */
    exportFormats: call.output(z.array(ExportFormatName)),
    /** Reads annotations and opens no picture. Errors: bad-argument, bad-json, file-missing, file-unreadable, format-unsupported. */
    survey: call.input(ImportSource).output(eventIterator(SurveyEvent)),
    /** Opens every picture and writes nothing. Errors: as `survey`, disk-full. */
    check: call.input(ImportRequest).output(eventIterator(CheckEvent)),
    /** What the format could not hold; writes nothing. Errors: bad-argument, folder-exists, folder-unwritable. */
    checkExport: call.input(ExportRequest).output(eventIterator(ExportCheckEvent)),
    /** Begins, or goes on with, an import; what becomes of it is told by `watch`. Errors: transfer-under-way. */
    startImport: call.input(ImportRequest).output(z.null()),
    /** Errors: transfer-under-way, bad-argument. */
    startExport: call.input(ExportRequest).output(z.null()),
    /** An import keeps what it has, an export leaves nothing behind. */
    stop: call.output(z.null()),
    /** An import that did not end is not gone on with. */
    forgetUnfinished: call.output(z.null()),
    watch: call.output(eventIterator(TransferState)),
  },
  /** About the projects of the engine's machine. Errors of those about the open one: no-project. */
  projects: {
    home: call.output(ProjectsHome),
    /** What is in a folder; with null those one may begin at. Errors: folder-not-allowed, file-unreadable. */
    folders: call.input(z.object({ folder: FolderPath.nullable() })).output(FolderListing),
    /**
     * Opens a project in place of the open one, whose runs go on. Errors: folder-not-allowed, not-a-project,
     * project-too-new, project-damaged (`details.kept_at_ms` says when the last good state was kept).
     */
    open: call.input(z.object({ folder: FolderPath })).output(z.null()),
    /** The runs of the open project go on. */
    close: call.output(z.null()),
    /** Makes a project and opens it. Errors: folder-not-allowed, folder-exists, disk-full, folder-unwritable. */
    create: call.input(NewProject).output(z.null()),
    /** Takes a project off the list of recent ones. */
    forget: call.input(z.object({ folder: FolderPath })).output(z.null()),
    /** Puts the last good state in the place of a damaged database. Errors: file-missing, project-in-use. */
    restore: call.input(z.object({ folder: FolderPath })).output(z.null()),
    /** Of the open project. Errors: project-in-use. */
    rename: call.input(z.object({ name: ProjectName })).output(z.null()),
    /** Copies the open project, runs included, into a new folder. Errors: folder-not-allowed, folder-exists, disk-full. */
    duplicate: call.input(z.object({ parent: FolderPath, name: ProjectName })).output(eventIterator(CopyEvent)),
    /** Reads every file of the open project. */
    verify: call.output(eventIterator(VerifyEvent)),
    /** Errors: folder-not-allowed, project-in-use. */
    repair: call.input(RepairRequest).output(RepairReport),
    /** Errors: project-in-use. */
    compact: call.output(CompactReport),
  },
};
