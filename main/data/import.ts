/**
 * Brings a labelled data set into a project. Records are read one by one and images are looked at in child processes;
 * whatever is wrong with one of them is reported by name and stops nothing. Work is kept batch by batch, so an import
 * that was cancelled or killed is repeated and goes on where it was.
 */

import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import { ProbePool } from '../images/probe-pool.ts';
import { classCounts } from '../store/classes.ts';
import { labelledImageCount, negativeCount } from '../store/images.ts';
import { addImport } from '../store/imports.ts';
import type { WriteProject } from '../store/project.ts';
import type { Labelling } from './class-names.ts';
import { readCsvLabels } from './csv-labels.ts';
import type { LabelSeparator } from './csv-layout.ts';
import { readFolderTree } from './folder-tree.ts';
import { removePartialCopies } from './image-copies.ts';
import type { ImageItem, ImportItem, ProblemItem } from './import-items.ts';
import { emptyReport, type ImportFormat, type ImportReport, scarcityWarnings } from './import-report.ts';
import { ImportWriter, type SeenImage } from './import-writer.ts';
import { inOrder } from './in-order.ts';
import { readJsonl } from './jsonl.ts';

export interface ImportOptions {
  readonly format?: 'auto' | ImportFormat;
  /** What stands between the names in a cell of a CSV file; found out by default. */
  readonly labelSeparator?: LabelSeparator;
  /** What relative addresses in a JSONL or CSV file are relative to; by default the folder of that file. */
  readonly imagesFolder?: string;
  /** For images that the source gives no split. */
  readonly split?: Split;
  /** Copy the images into the project (the default), or leave them where they are and link them. */
  readonly copy?: boolean;
  /** Processes that look at images. */
  readonly workers?: number;
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

interface Source {
  readonly format: ImportFormat;
  readonly path: string;
}

type Looked = SeenImage | Exclude<ImportItem, ImageItem>;

const FILE_FORMATS: Readonly<Record<string, ImportFormat>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'csv',
};
const WORKERS = 2;
const SHOWN_PLACES = 4;
const LOOKED_AHEAD_PER_WORKER = 8;

/**
 * Imports and reports; the report is also kept in the project. A cancelled import keeps what it has and says so.
 * Errors: bad-argument, file-missing, file-unreadable for the source as a whole; disk-full, folder-unwritable.
 */
export async function importDataset(
  project: WriteProject,
  path: string,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const labelling = labellingOf(project);
  const source = await recognise(resolve(path), options.format ?? 'auto');
  const report = emptyReport(source.format);
  const items = await itemsOf(source, options, labelling);
  const total = Array.isArray(items) ? items.filter(isRecord).length : null;
  await removePartialCopies(project.folder);

  await importItems(project, items, report, options, () => {
    const { read, added, already_present, skipped } = report;
    options.onProgress?.({ read, added, already_present, skipped: skipped.length, total });
  });

  report.classes = classCounts(project.db);
  report.without_class = negativeCount(project.db);
  report.warnings.push(...scarcityWarnings(report.classes, labelledImageCount(project.db)));
  addImport(project.db, {
    source_path: source.path,
    format: source.format,
    report,
    finished_at_ms: project.clock.nowMs(),
  });
  return report;
}

async function importItems(
  project: WriteProject,
  items: AsyncIterable<ImportItem> | ImportItem[],
  report: ImportReport,
  options: ImportOptions,
  reportProgress: () => void,
): Promise<void> {
  const { workers = WORKERS, signal, copy = true } = options;
  const pool = new ProbePool({ workers });
  const writer = new ImportWriter(project, report, copy);
  try {
    for await (const looked of inOrder(items, workers * LOOKED_AHEAD_PER_WORKER, (item) => look(item, pool))) {
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
  } finally {
    pool.close();
  }
}

async function take(looked: Looked, writer: ImportWriter, report: ImportReport): Promise<void> {
  if (isRecord(looked)) report.read += 1;
  if ('inspection' in looked) {
    const { item, inspection } = looked;
    report.repaired.push(...item.repairs.map((repair) => `${item.where}: ${repair}`));
    const warnings = [...inspection.warnings, ...sizeWarnings(looked)];
    report.warnings.push(...warnings.map((warning) => `${item.where}: ${warning}`));
    await writer.take(looked);
    return;
  }
  switch (looked.kind) {
    case 'problem':
      report.skipped.push({ where: looked.where, reason: looked.reason, code: looked.code });
      break;
    case 'warning':
      report.warnings.push(looked.text);
      break;
    case 'repair':
      report.repaired.push(looked.text);
      break;
    default:
      looked satisfies never;
  }
}

/** Finds the image at the first candidate path that exists, and inspects it. */
async function look(item: ImportItem, pool: ProbePool): Promise<Looked> {
  if (item.kind !== 'image') return item;
  const file = item.candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false }) !== undefined);
  if (file === undefined) {
    const [shown, others] = [item.candidates.slice(0, SHOWN_PLACES), item.candidates.length - SHOWN_PLACES];
    const places = [...shown, ...(others > 0 ? [`${others} other places`] : [])].join(', nor ');
    return problemOf(item, new AppError('image-missing', `image "${item.url}": there is no ${places}`));
  }
  try {
    return { item, file, inspection: await pool.inspect(file) };
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
  return [`image_details say ${claim}, the image is ${inspection.width} x ${inspection.height}; the image counts`];
}

function isRecord(looked: ImportItem | Looked): boolean {
  return 'inspection' in looked || looked.kind === 'image' || looked.kind === 'problem';
}

async function itemsOf(
  source: Source,
  options: ImportOptions,
  labelling: Labelling,
): Promise<AsyncIterable<ImportItem> | ImportItem[]> {
  const split = options.split ?? null;
  if (source.format === 'folder') return readFolderTree({ folder: source.path, split, labelling });
  const root = resolve(options.imagesFolder ?? dirname(source.path));
  const file = { file: source.path, root, split, labelling };
  if (source.format === 'jsonl') return readJsonl(file);
  return readCsvLabels({ ...file, ...(options.labelSeparator ? { separator: options.labelSeparator } : {}) });
}

/**
 * Which format a path holds: a file says so by its ending; a folder is one when a single .jsonl file, or a single .csv
 * file with no class folder beside it, lies at its top.
 */
async function recognise(path: string, format: 'auto' | ImportFormat): Promise<Source> {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind === undefined) throw new AppError('file-missing', `import: there is no ${path}`, { file: path });
  if (!kind.isDirectory()) {
    const own = format === 'auto' ? FILE_FORMATS[extname(path).toLowerCase()] : format;
    if (own !== undefined && own !== 'folder') return { format: own, path };
    const needs = format === 'folder' ? 'format folder needs a folder' : 'expected a folder, a .jsonl or a .csv file';
    const message = `import: ${needs}, got the file ${path}; for a file under another name give the format jsonl or csv`;
    throw new AppError('bad-argument', message, { file: path });
  }
  if (format === 'folder') return { format, path };
  const entries = await readdir(path, { withFileTypes: true });
  const named = (ending: string) =>
    entries.map(({ name }) => name).filter((name) => name.toLowerCase().endsWith(ending));
  const hasClassFolders = entries.some((entry) => entry.isDirectory() && entry.name.toLowerCase() !== 'images');
  for (const wanted of ['jsonl', 'csv'] as const) {
    if (format !== 'auto' && format !== wanted) continue;
    const names = named(`.${wanted}`);
    if (names.length === 1 && (format === wanted || wanted === 'jsonl' || !hasClassFolders)) {
      return { format: wanted, path: join(path, names[0]!) };
    }
    if (format === 'auto' && (names.length === 0 || hasClassFolders)) continue;
    const found = names.length === 0 ? 'has none' : `has ${names.length} (${names.join(', ')}); name the one you mean`;
    throw new AppError('bad-argument', `import: expected one .${wanted} file in ${path}, it ${found}`, {
      folder: path,
    });
  }
  return { format: 'folder', path };
}

function labellingOf({ info, folder }: WriteProject): Labelling {
  switch (info.task) {
    case 'image-classification':
      return 'one';
    case 'image-classification-multilabel':
      return 'any';
    default: {
      const message = `import into ${folder}: data sets of whole images are for classification, not for ${info.task}`;
      throw new AppError('bad-argument', message, { expected: 'image-classification', got: info.task });
    }
  }
}
