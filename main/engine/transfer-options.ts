/** What a window asks of imports and exports, as the engine does it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ExportReport,
  ExportRequest,
  ImportReport,
  ImportRequest,
  ImportSource,
  TransferProgress,
} from '../../preload/contract/transfers.ts';
import type { Clock } from '../clock.ts';
import type { ExportOptions } from '../data/export/export.ts';
import type { FrameOptions } from '../data/formats/format.ts';
import type { ImportOptions, ImportProgress } from '../data/import.ts';
import type { KeptFrames } from '../data/kept-frames.ts';
import type { AllowedFolders } from '../projects/allowed-folders.ts';
import { folderName } from '../projects/folder-name.ts';
import { copyDatabase } from '../store/health.ts';
import { openProject, type ReadProject, type WriteProject } from '../store/project.ts';
import type { Tell } from './told.ts';

export const NOTHING_DONE: Omit<TransferProgress, 'elapsed_ms'> = {
  ...{ of: 'records', done: 0, total: null },
  ...{ added: 0, already_present: 0, skipped: 0 },
};
/** Of each list of a report a window is told so many. */
const LISTED = 500;

export interface ImportParts {
  readonly allowed: AllowedFolders;
  /** Frames of videos that were taken out before. */
  readonly frames: KeptFrames;
}

export type TellTransfer = Tell<Omit<TransferProgress, 'elapsed_ms'>>;

/** Errors: folder-not-allowed. */
export function checkedImport({ path, format, images_folder, frames: choice }: ImportSource, parts: ImportParts) {
  const imagesFolder = images_folder === null ? null : parts.allowed.check(images_folder);
  const frames: FrameOptions = { kept: parts.frames, ...(choice === null ? {} : { choice }) };
  return { path: parts.allowed.check(path), format, imagesFolder, frames };
}

/** Errors: folder-not-allowed, bad-argument. */
export function checkedExport({ parent, name }: ExportRequest, allowed: AllowedFolders): string {
  return allowed.check(join(parent, folderName(name)));
}

/** `tell` hears how far it is. */
export function importOptions(
  request: ImportRequest,
  parts: ImportParts & { readonly lookers: number },
  tell: TellTransfer,
): ImportOptions {
  const { allowed, lookers } = parts;
  const { format, imagesFolder, frames } = checkedImport(request, parts);
  return {
    ...{ format, copy: request.copy, workers: lookers, mayRead: (path) => allowed.includes(path) },
    ...(imagesFolder === null ? {} : { imagesFolder }),
    frames: toldFrames(frames, tell),
    onProgress: (progress) => tell(importProgress(progress, request)),
    ...(request.split === null ? {} : { split: request.split }),
    renaming: {
      classes: new Map(request.classes.map(({ from, to }) => [from, to])),
      splits: new Map(request.splits.map(({ from, to }) => [from, to])),
    },
  };
}

export function exportOptions(request: ExportRequest, out: string): ExportOptions {
  const { format, split, with_images } = request;
  return { format, out, withoutImages: !with_images, ...(split === null ? {} : { split }) };
}

export const toldFrames = (frames: FrameOptions, tell: TellTransfer): FrameOptions => ({
  ...frames,
  onFrames: ({ done, total }) => tell({ ...NOTHING_DONE, of: 'frames', done, total }),
});

function importProgress(
  { read, added, already_present, skipped, total }: ImportProgress,
  { expected }: ImportRequest,
): Omit<TransferProgress, 'elapsed_ms'> {
  return { of: 'records', done: read, total: total ?? expected, added, already_present, skipped };
}

export function exportProgress(progress: { readonly written: number; readonly total: number }) {
  const { written, total } = progress;
  return { ...NOTHING_DONE, done: written, total, added: written };
}

/** A report whose lists a window can show; what is cut off an import's is counted. */
export function shortened<Report extends ImportReport | ExportReport>(report: Report): Report {
  if ('not_kept' in report) {
    const more = report.missing.length - LISTED;
    const missing = more > 0 ? [...report.missing.slice(0, LISTED), `and ${more} more`] : report.missing;
    return { ...report, missing };
  }
  const { skipped, objects, repaired, warnings, unlisted } = report;
  const cut = (list: readonly unknown[]) => Math.max(0, list.length - LISTED);
  return {
    ...report,
    skipped: skipped.slice(0, LISTED),
    objects: { ...objects, skipped: objects.skipped.slice(0, LISTED) },
    repaired: repaired.slice(0, LISTED),
    warnings: warnings.slice(0, LISTED),
    unlisted: {
      skipped: unlisted.skipped + cut(skipped),
      objects_skipped: unlisted.objects_skipped + cut(objects.skipped),
      repaired: unlisted.repaired + cut(repaired),
      warnings: unlisted.warnings + cut(warnings),
    },
  };
}

/** Has work done on a copy of the project's database, which is thrown away. */
export async function onCopyOf<T>(
  project: ReadProject,
  clock: Clock,
  work: (copy: WriteProject) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lightbench-check-'));
  try {
    copyDatabase(project.db, join(folder, 'project.sqlite'));
    const copy = openProject(folder, { access: 'write', clock, owner: 'check of an import' });
    try {
      return await work(copy);
    } finally {
      copy.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
