/**
 * Brings a labelled data set into a project. Records are read one by one and images are looked at in child processes;
 * whatever is wrong with one of them is reported by name and stops nothing. Work is kept batch by batch, so an import
 * that was cancelled or killed is repeated and goes on where it was.
 */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import type { ImportFormat, ImportReport } from '../../preload/contract/transfers.ts';
import { ProbePool, QUESTIONS_PER_MESSAGE } from '../images/probe-pool.ts';
import { objectCounts } from '../store/annotations.ts';
import { classCounts } from '../store/classes.ts';
import { labelledImageCount, negativeCount } from '../store/images.ts';
import { addImport } from '../store/imports.ts';
import type { WriteProject } from '../store/project.ts';
import type { LabelSeparator } from './csv-layout.ts';
import { fitTask, keepsObjects, type Renaming } from './fit-task.ts';
import type { FrameOptions } from './formats/format.ts';
import { removePartialCopies } from './image-copies.ts';
import type { ImageItem, ImportItem, ProblemItem, SplitImage } from './import-items.ts';
import {
  emptyReport,
  noteSkipped,
  noteSkippedObject,
  noteText,
  scarcityWarnings,
  skippedCount,
  skippedObjectCount,
} from './import-report.ts';
import { openSource } from './import-source.ts';
import { ImportWriter, type SeenImage } from './import-writer.ts';
import { inOrder } from './in-order.ts';
import { RecordProblem } from './record-problem.ts';
import { resolvePlanes } from './resolve-planes.ts';
import { settleObjects } from './settle-objects.ts';
import type { UnpackedArchives } from './unpacked-archives.ts';

export interface ImportOptions {
  readonly format?: 'auto' | ImportFormat;
  /** What stands between the names in a cell of a CSV file; found out by default. */
  readonly labelSeparator?: LabelSeparator;
  /** Where images lie; by default where the annotations lie, and for a JSONL or CSV file its folder. */
  readonly imagesFolder?: string;
  /** For images that the source gives no split. */
  readonly split?: Split;
  /** Classes and splits under other names, or left out. */
  readonly renaming?: Renaming;
  /** Copy the images into the project (the default), or leave them where they are and link them. */
  readonly copy?: boolean;
  /** Of videos and picture sequences: which frames, and the program that reads videos. */
  readonly frames?: FrameOptions;
  /** Reads and reports, and leaves the project as it is. */
  readonly dryRun?: boolean;
  /** Processes that look at images. */
  readonly workers?: number;
  /** Whether a picture may be read that a record names; every one by default. Those of an archive may. */
  readonly mayRead?: (path: string) => boolean;
  /** Where archives stay unpacked between one look and the next; by default nowhere. */
  readonly archives?: UnpackedArchives;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  readonly read: number;
  readonly added: number;
  readonly already_present: number;
  readonly skipped: number;
  /** Null while nobody knows: a JSONL file is read line by line. */
  readonly total: number | null;
}

type Looked = SeenImage | Exclude<ImportItem, ImageItem>;
/** A record whose image can be looked at. */
type Fitted = Exclude<ImportItem, ImageItem> | (SplitImage & { readonly kind: 'image' });

const WORKERS = 2;
const SHOWN_PLACES = 4;
/** A message under way and the next. */
const LOOKED_AHEAD_PER_WORKER = 2 * QUESTIONS_PER_MESSAGE;
const NOTHING_RENAMED: Renaming = { classes: new Map(), splits: new Map() };

/**
 * Imports and reports; the report is also kept in the project. A cancelled import keeps what it has and says so.
 * Errors: bad-argument, bad-json, file-missing, file-unreadable, format-unsupported for the source as a whole; disk-full,
 * folder-unwritable.
 */
export async function importDataset(
  project: WriteProject,
  path: string,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const source = await openSource(resolve(path), options, project);
  try {
    const items = await source.items();
    const report = { ...emptyReport(source.format, options.dryRun), frames: source.frames };
    const mayRead = (path: string) => options.mayRead?.(path) !== false || source.hasUnpacked(path);
    const checked = { ...options, mayRead };
    if (options.dryRun === true) await project.db.trial(() => importItems(project, items, report, checked));
    else {
      await removePartialCopies(project.folder);
      await importItems(project, items, report, checked);
      const finished_at_ms = project.clock.nowMs();
      const kept = { source_path: source.path, format: source.format, report: source.named(report), finished_at_ms };
      addImport(project.db, kept);
    }
    return source.named(report);
  } finally {
    await source.close();
  }
}

async function importItems(
  project: WriteProject,
  items: AsyncIterable<ImportItem> | ImportItem[],
  report: ImportReport,
  options: ImportOptions & Required<Pick<ImportOptions, 'mayRead'>>,
): Promise<void> {
  const { workers = WORKERS, signal, copy = true, dryRun: isTrial = false } = options;
  const total = Array.isArray(items) ? items.filter(isRecord).length : null;
  const reportProgress = () => {
    const { read, added, already_present } = report;
    options.onProgress?.({ read, added, already_present, skipped: skippedCount(report), total });
  };
  const pool = new ProbePool({ workers });
  const writer = new ImportWriter(project, report, { copy, isTrial });
  const fitted = new FittedItems(project, report, options);
  try {
    const ahead = workers * LOOKED_AHEAD_PER_WORKER;
    for await (const looked of inOrder(fitted.of(items), ahead, (item) => look(item, pool, project, options.mayRead))) {
      if (signal?.aborted) {
        report.cancelled = true;
        pool.close(); // before the loop waits for what is under way
        break;
      }
      await take(looked, writer, report);
      reportProgress();
    }
    await writer.flush();
    reportProgress();
  } catch (error) {
    // While frames are taken out of a video there is no record yet to stop at.
    const isStopped = signal?.aborted === true && error instanceof AppError && error.code === 'cancelled';
    if (!isStopped) throw error;
    report.cancelled = true;
  } finally {
    pool.close();
  }
  report.warnings.push(...fitted.remarks());
  const { objects } = report;
  objects.read = objects.added + objects.already_present + objects.dropped + skippedObjectCount(report);
  describeProject(project, report);
}

function describeProject({ db, info }: WriteProject, report: ImportReport): void {
  report.classes = classCounts(db);
  if (keepsObjects(info.task)) report.object_counts = objectCounts(db);
  report.without_class = negativeCount(db);
  report.warnings.push(...scarcityWarnings(report.classes, labelledImageCount(db)));
}

/** Records as the project's task takes them, with what is to be said about all of them together. */
class FittedItems {
  private readonly project: WriteProject;
  private readonly report: ImportReport;
  private readonly split: Split | null;
  private readonly renaming: Renaming;
  private readonly counts = new Map<string, number>();

  constructor(project: WriteProject, report: ImportReport, options: ImportOptions) {
    this.project = project;
    this.report = report;
    this.split = options.split ?? null;
    this.renaming = options.renaming ?? NOTHING_RENAMED;
  }

  async *of(items: AsyncIterable<ImportItem> | ImportItem[]): AsyncGenerator<Fitted, void, undefined> {
    for await (const item of items) yield item.kind === 'image' ? this.fit(item) : item;
  }

  /** Each remark once, with the number of images it is about. */
  remarks(): string[] {
    return [...this.counts].map(([text, images]) => `${text} (${images} images)`);
  }

  private fit(item: ImageItem): Fitted {
    try {
      const { item: fitted, dropped, remarks } = fitTask(item, this.project.info.task, this.renaming, this.split);
      this.report.objects.dropped += dropped;
      for (const remark of new Set(remarks)) this.counts.set(remark, (this.counts.get(remark) ?? 0) + 1);
      return fitted;
    } catch (error) {
      if (!(error instanceof RecordProblem)) throw error;
      return { kind: 'problem', where: item.where, code: error.code, reason: error.message };
    }
  }
}

async function take(looked: Looked, writer: ImportWriter, report: ImportReport): Promise<void> {
  if (isRecord(looked)) report.read += 1;
  if ('inspection' in looked) {
    const { item, inspection } = looked;
    for (const repair of item.repairs) noteText(report, 'repaired', `${item.where}: ${repair}`);
    for (const warning of [...inspection.warnings, ...sizeWarnings(looked)]) {
      noteText(report, 'warnings', `${item.where}: ${warning}`);
    }
    if (looked.annotations?.length === 0 && (item.badObjects?.length ?? 0) > 0) {
      noteText(
        report,
        'warnings',
        `${item.where}: none of its objects could be used; kept as an image without objects`,
      );
    }
    for (const bad of item.badObjects ?? []) {
      noteSkippedObject(report, { ...bad, where: `${item.where}: ${bad.where}` });
    }
    await writer.take(looked);
    return;
  }
  switch (looked.kind) {
    case 'problem':
      noteSkipped(report, { where: looked.where, reason: looked.reason, code: looked.code });
      break;
    case 'warning':
      noteText(report, 'warnings', looked.text);
      break;
    case 'repair':
      noteText(report, 'repaired', looked.text);
      break;
    default:
      looked satisfies never;
  }
}

/** Finds the image at the first candidate path that exists, inspects it, and puts its objects in their places. */
async function look(
  item: Fitted,
  pool: ProbePool,
  { info }: WriteProject,
  mayRead: (path: string) => boolean,
): Promise<Looked> {
  if (item.kind !== 'image') return item;
  const isThere = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;
  const file = item.candidates.find((candidate) => mayRead(candidate) && isThere(candidate));
  if (file === undefined) {
    const [shown, others] = [item.candidates.slice(0, SHOWN_PLACES), item.candidates.length - SHOWN_PLACES];
    const places = [...shown, ...(others > 0 ? [`${others} other places`] : [])].join(', nor ');
    const outside = item.candidates.every(mayRead) ? '' : ' in the folders this engine was given';
    return problemOf(item, new AppError('image-missing', `image "${item.url}": there is no ${places}${outside}`));
  }
  try {
    const inspection = await pool.inspect(file);
    if (!keepsObjects(info.task)) return { item, file, inspection, annotations: null };
    const drawn = await resolvePlanes(item, pool);
    const { annotations, skipped, repairs } = settleObjects(drawn, inspection, inspection.orientation);
    const settled = { ...item, badObjects: skipped, repairs: [...drawn.repairs, ...repairs] };
    return { item: settled, file, inspection, annotations };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return problemOf(item, error);
  }
}

function problemOf({ where }: ImageItem, { code, message }: AppError): ProblemItem {
  return { kind: 'problem', where, code, reason: message };
}

/** Sizes are claimed before or after EXIF orientation; either is right. */
function sizeWarnings({ item, inspection }: SeenImage): string[] {
  const { width, height } = item.claimed;
  const fits = (w: number, h: number) => (width ?? w) === w && (height ?? h) === h;
  if (fits(inspection.width, inspection.height) || fits(inspection.height, inspection.width)) return [];
  const claim = `${width ?? '?'} x ${height ?? '?'}`;
  return [`the size given is ${claim}, the image is ${inspection.width} x ${inspection.height}; the image counts`];
}

function isRecord(looked: ImportItem | Looked): boolean {
  return 'inspection' in looked || looked.kind === 'image' || looked.kind === 'problem';
}
