/**
 * Writes the labelled images of a project as a data set that other tools read. What the format cannot hold is counted and
 * told; the folder appears when it is complete.
 */

import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../../preload/contract/errors.ts';
import type { Split, Task } from '../../../preload/contract/tasks.ts';
import { EXPORT_FORMATS, type ExportFormatName, type ExportReport } from '../../../preload/contract/transfers.ts';
import { annotatedImages } from '../../store/annotations.ts';
import { dataVersion } from '../../store/changes.ts';
import { classNames } from '../../store/classes.ts';
import type { ReadDb } from '../../store/db.ts';
import { type ImageRow, imageFile, labelledImageCount } from '../../store/images.ts';
import { labelsOf } from '../../store/labels.ts';
import type { ReadProject } from '../../store/project.ts';
import { frameOf, type SequenceFacts, sequenceFacts } from '../../store/sequences.ts';
import { keepsObjects } from '../fit-task.ts';
import { Losses } from '../losses.ts';
import { cocoExport } from './coco.ts';
import { csvExport } from './csv.ts';
import { cvatExport } from './cvat.ts';
import { ExportFolder } from './export-folder.ts';
import type { DatasetWriter, ExportedFrame, ExportFormat } from './export-format.ts';
import { folderExport } from './folder.ts';
import { ImageNames } from './image-names.ts';
import { jsonlExport } from './jsonl.ts';
import { labelmeExport } from './labelme.ts';
import { noteAreas, noteTracks } from './losses.ts';
import { openImagesExport } from './open-images.ts';
import { viaExport } from './via.ts';
import { vocExport } from './voc.ts';
import { yoloExport } from './yolo.ts';

const FORMATS: { readonly [F in ExportFormatName]: ExportFormat } = {
  jsonl: jsonlExport,
  coco: cocoExport,
  voc: vocExport,
  yolo: yoloExport,
  labelme: labelmeExport,
  via: viaExport,
  cvat: cvatExport,
  openimages: openImagesExport,
  csv: csvExport,
  folder: folderExport,
};

/** Images between two turns of everything else in this process. */
const IMAGES_A_TURN = 100;

/** The formats that have a way to say what the task's labels are. */
export const exportFormatsFor = (task: Task): ExportFormatName[] =>
  EXPORT_FORMATS.filter((name) => FORMATS[name].tasks.includes(task));

export interface ExportOptions {
  readonly format: ExportFormatName;
  readonly out: string;
  /** Only this part of the data. */
  readonly split?: Split;
  /** Annotations alone, which name images that are not there. */
  readonly withoutImages?: boolean;
  /** Reports what an export would be, and leaves nothing behind. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly written: number; readonly total: number }) => void;
}

/**
 * Writes a new folder.
 * Errors: bad-argument for a format that has no way to say what the task's labels are, folder-exists, disk-full,
 * folder-unwritable; cancelled, which leaves nothing behind.
 */
export async function exportDataset(project: ReadProject, options: ExportOptions): Promise<ExportReport> {
  const { db, info } = project;
  const format = FORMATS[options.format];
  if (!format.tasks.includes(info.task)) {
    const fitting = exportFormatsFor(info.task).join(', ');
    const message = `export: the format ${options.format} does not hold labels of ${info.task}; these do: ${fitting}`;
    throw new AppError('bad-argument', message, { format: options.format, task: info.task });
  }
  const version = dataVersion(db);
  const folder = new ExportFolder(options.out);
  const losses = new Losses();
  const report: ExportReport = {
    ...{ format: options.format, folder: folder.path, images: 0, objects: 0, not_kept: [] },
    ...{ missing: [], warnings: [] },
  };
  try {
    const context = { folder, task: info.task, classes: classNames(db), losses, frameOf: framesIn(db) };
    const opened = format.open(context);
    const writer = notingLosses(opened, format, losses);
    await writeImages(project, writer, folder, report, options);
    writer.end();
    if (options.dryRun === true) folder.abandon();
    else folder.finish();
  } catch (error) {
    folder.abandon();
    throw error;
  }
  report.not_kept = losses.list();
  if (dataVersion(db) !== version)
    report.warnings.push('the project was changed meanwhile; some images may be as they were before');
  return report;
}

/** Notes of each object what the format does not hold by its nature. */
function notingLosses(writer: DatasetWriter, { holdsAreas, holdsTracks }: ExportFormat, losses: Losses): DatasetWriter {
  return {
    add: (exported) => {
      if (holdsAreas !== true) noteAreas(losses, exported.annotations);
      if (holdsTracks !== true) noteTracks(losses, exported.annotations);
      return writer.add(exported);
    },
    end: () => writer.end(),
  };
}

/** Which frame an image is; each sequence is looked up once. */
function framesIn(db: ReadDb): (image: ImageRow) => ExportedFrame | null {
  const known = new Map<number, SequenceFacts>();
  return ({ id }) => {
    const frame = frameOf(db, id);
    if (frame === null) return null;
    const sequence = known.get(frame.sequenceId) ?? sequenceFacts(db, frame.sequenceId);
    known.set(frame.sequenceId, sequence);
    return { number: frame.number, sequence };
  };
}

async function writeImages(
  project: ReadProject,
  writer: DatasetWriter,
  folder: ExportFolder,
  report: ExportReport,
  { split, withoutImages, dryRun, signal, onProgress }: ExportOptions,
): Promise<void> {
  const { db } = project;
  const hasObjects = keepsObjects(project.info.task);
  const names = new ImageNames();
  const total = labelledImageCount(db, split);
  for (const { image, annotations } of annotatedImages(db)) {
    if (signal?.aborted) throw new AppError('cancelled', 'export cancelled; nothing was left behind');
    if (split !== undefined && image.split !== split) continue;
    const name = names.of(image);
    const labels = hasObjects ? [] : labelsOf(db, image.id);
    const places = writer.add({ image, name, labels, annotations: hasObjects ? annotations : [] });
    report.images += 1;
    report.objects += hasObjects ? annotations.length : 0;
    if (dryRun === true) noteIfMissing(project, image, report);
    else if (withoutImages !== true) await copyImage(project, image, places, folder, report);
    onProgress?.({ written: report.images, total });
    if (report.images % IMAGES_A_TURN === 0) await setImmediate();
  }
}

function noteIfMissing(project: ReadProject, image: ImageRow, report: ExportReport): void {
  const file = imageFile(project.folder, image);
  if (!existsSync(file)) report.missing.push(`${file}: is not there`);
}

async function copyImage(
  project: ReadProject,
  image: ImageRow,
  places: readonly string[],
  folder: ExportFolder,
  report: ExportReport,
): Promise<void> {
  const file = imageFile(project.folder, image);
  for (const place of places) {
    try {
      await folder.copy(file, place);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'image-missing') throw error;
      report.missing.push(error.message);
      return;
    }
  }
}
