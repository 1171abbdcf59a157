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
import { type ImageRow, imageFile, labelledImageCount } from '../../store/images.ts';
import { labelsOf } from '../../store/labels.ts';
import type { ReadProject } from '../../store/project.ts';
import { keepsObjects } from '../fit-task.ts';
import { cocoExport } from './coco.ts';
import { csvExport } from './csv.ts';
import { cvatExport } from './cvat.ts';
import { ExportFolder } from './export-folder.ts';
import type { DatasetWriter, ExportFormat } from './export-format.ts';
import { folderExport } from './folder.ts';
import { ImageNames } from './image-names.ts';
import { jsonlExport } from './jsonl.ts';
import { labelmeExport } from './labelme.ts';
import { Losses, noteAreas } from './losses.ts';
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
    const opened = format.open({ folder, task: info.task, classes: classNames(db), losses });
    const writer = format.holdsAreas === true ? opened : notingAreas(opened, losses);
    await writeImages(project, writer, folder, { report, losses }, options);
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

function notingAreas(writer: DatasetWriter, losses: Losses): DatasetWriter {
  return {
    add: (exported) => {
      noteAreas(losses, exported.annotations);
      return writer.add(exported);
    },
    end: () => writer.end(),
  };
}

async function writeImages(
  project: ReadProject,
  writer: DatasetWriter,
  folder: ExportFolder,
  { report, losses }: { readonly report: ExportReport; readonly losses: Losses },
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
    const tracked = annotations.filter(({ track }) => track !== undefined && track !== null);
    losses.note('boxes are of a track, which the format does not say', tracked.length);
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
