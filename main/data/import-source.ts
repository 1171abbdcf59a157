/** What is imported: a file, a folder or a ZIP archive, and the reader that recognises it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve, sep } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { FrameChoice, ImportFormat } from '../../preload/contract/transfers.ts';
import type { ReadProject } from '../store/project.ts';
import type { LabelSeparator } from './csv-layout.ts';
import { refuseForeign } from './formats/foreign.ts';
import { type FormatReader, type FrameOptions, ReadSource } from './formats/format.ts';
import { FIRST_FORMATS, LAST_FORMATS } from './formats/formats.ts';
import type { ImageItem, ImportItem, SourceObject } from './import-items.ts';
import { SourceTree } from './source-tree.ts';
import { type Archive, type OpenArchive, UnpackedArchives } from './unpacked-archives.ts';
import { frameChoiceWords } from './video-frames.ts';

export interface SourceOptions {
  readonly format?: 'auto' | ImportFormat;
  readonly labelSeparator?: LabelSeparator;
  readonly imagesFolder?: string;
  readonly copy?: boolean;
  readonly frames?: FrameOptions;
  readonly signal?: AbortSignal;
  /** Where archives stay unpacked between one look and the next; by default nowhere. */
  readonly archives?: UnpackedArchives;
}

export interface OpenSource {
  readonly format: ImportFormat;
  readonly path: string;
  /** Those that are taken; null for what has none. */
  readonly frames: FrameChoice | null;
  items(): Promise<AsyncIterable<ImportItem> | ImportItem[]>;
  /** Every format that takes the source for its own, the one that is read by default first. */
  recognised(): Promise<ImportFormat[]>;
  /** Whether a path lies in what was unpacked of an archive, or taken out of a video. */
  hasUnpacked(path: string): boolean;
  /** A report in the names that the person knows. */
  named<Report>(report: Report): Report;
  close(): Promise<void>;
}

/** Errors: bad-argument, file-missing, format-unsupported. */
export async function openSource(
  path: string,
  options: SourceOptions,
  { info }: Pick<ReadProject, 'info'>,
): Promise<OpenSource> {
  const scratch = await mkdtemp(join(tmpdir(), 'lightbench-import-'));
  const archives = options.archives ?? new UnpackedArchives(scratch);
  let archive: OpenArchive | null = null;
  let source: ReadSource | null = null;
  const close = async () => {
    source?.close();
    await archive?.release();
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    archive = await openArchive(path, archives, options);
    const tree = await SourceTree.open(archive?.folder ?? path);
    const reader = await readerOf(tree, options.format ?? 'auto');
    const frames = framesOf(reader, options.frames?.choice ?? null, path);
    const opened = new ReadSource({
      tree,
      task: info.task,
      imagesFolder: options.imagesFolder ?? null,
      separator: options.labelSeparator ?? null,
      scratch,
      frames: options.frames ?? {},
      copies: options.copy !== false,
      signal: options.signal,
    });
    source = opened;
    const items = async () => {
      if (archive !== null) return fromArchive(() => recordsOf(reader, opened), archive, path);
      return recordsOf(reader, opened);
    };
    const named = <Report>(report: Report) => (archive === null ? report : inArchive(report, archive.folder, path));
    const taken = reader.format === 'video' ? options.frames?.kept?.folder : undefined;
    const unpacked = [scratch, archive?.folder, taken].filter((folder) => folder !== undefined);
    const hasUnpacked = (file: string) => unpacked.some((folder) => resolve(file).startsWith(folder + sep));
    const recognised = () => formatsOf(tree);
    return { format: reader.format, path, frames, items, recognised, hasUnpacked, named, close };
  } catch (error) {
    await close();
    throw archive === null ? error : errorInArchive(error, archive.folder, path);
  }
}

/** Errors: bad-argument for frames of what has none. */
function framesOf({ format, usualFrames }: FormatReader, choice: FrameChoice | null, path: string): FrameChoice | null {
  if (usualFrames !== undefined) return choice ?? usualFrames;
  if (choice === null) return null;
  const message = `import: ${path} is read as ${format}, which has no frames to choose from (${frameChoiceWords(choice)})`;
  throw new AppError('bad-argument', message, { file: path });
}

const SHOWN_NAMES = 5;

/** Errors: bad-argument for pictures that are to be linked; as `UnpackedArchives.open`. */
async function openArchive(
  path: string,
  archives: UnpackedArchives,
  { copy, signal }: SourceOptions,
): Promise<OpenArchive | null> {
  if (extname(path).toLowerCase() !== '.zip') return null;
  if (copy !== false) return archives.open(path, signal);
  throw new AppError('bad-argument', `import: pictures inside ${path} cannot be linked; unpack it, or copy them`, {
    file: path,
  });
}

async function recordsOf(reader: FormatReader, source: ReadSource): Promise<AsyncIterable<ImportItem> | ImportItem[]> {
  const records = await reader.read(source);
  return Array.isArray(records) ? records : withUnnamed(records, source);
}

/** Says at the end which pictures were left out because nothing is said of them. */
async function* withUnnamed(
  records: AsyncIterable<ImportItem>,
  source: ReadSource,
): AsyncGenerator<ImportItem, void, undefined> {
  yield* records;
  const unnamed = source.unnamed();
  if (unnamed.length === 0) return;
  const more = unnamed.length > SHOWN_NAMES ? ` and ${unnamed.length - SHOWN_NAMES} more` : '';
  const names = `${unnamed.slice(0, SHOWN_NAMES).join(', ')}${more}`;
  yield { kind: 'warning', text: `${source.tree.root}: pictures that no record names, left out: ${names}` };
}

/** Pictures are called as in the archive. */
async function* fromArchive(
  read: () => ReturnType<typeof recordsOf>,
  { folder, warnings }: Archive,
  path: string,
): AsyncGenerator<ImportItem, void, undefined> {
  for (const text of warnings) yield { kind: 'warning', text };
  try {
    for await (const record of await read()) {
      yield record.kind === 'image' ? imageInArchive(record, folder, path) : record;
    }
  } catch (error) {
    throw errorInArchive(error, folder, path);
  }
}

/** Sequences and tracks too are named for the archive: an import that is repeated unpacks it elsewhere. */
function imageInArchive(image: ImageItem, folder: string, path: string): ImageItem {
  const { url, frame, objects } = image;
  const isTracked = objects?.some(({ track }) => track !== undefined) === true;
  const named = ({ track, ...object }: SourceObject): SourceObject =>
    track === undefined ? object : { ...object, track: { ...track, name: track.name.replace(folder, path) } };
  return {
    ...image,
    ...(url.startsWith(folder) ? { url: url.slice(folder.length + 1) } : {}),
    ...(frame === undefined ? {} : { frame: inArchive(frame, folder, path) }),
    ...(isTracked ? { objects: objects!.map(named) } : {}),
  };
}

/** An error in the names that the person knows. */
function errorInArchive(error: unknown, folder: string, path: string): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, message, details } = inArchive(
    { code: error.code, message: error.message, details: error.details },
    folder,
    path,
  );
  return new AppError(code, message, details, { cause: error });
}

/** Places inside the archive in place of where it was unpacked. */
function inArchive<Report>(report: Report, folder: string, path: string): Report {
  const inText = (text: string) => JSON.stringify(text).slice(1, -1);
  return JSON.parse(JSON.stringify(report).replaceAll(inText(folder), inText(path))) as Report;
}

async function formatsOf(tree: SourceTree): Promise<ImportFormat[]> {
  const found: ImportFormat[] = [];
  for (const reader of [...FIRST_FORMATS, ...LAST_FORMATS]) {
    if (await reader.recognises(tree)) found.push(reader.format);
  }
  return found;
}

async function readerOf(tree: SourceTree, format: 'auto' | ImportFormat): Promise<FormatReader> {
  const all = [...FIRST_FORMATS, ...LAST_FORMATS];
  if (format !== 'auto') return all.find((reader) => reader.format === format)!;
  for (const reader of FIRST_FORMATS) if (await reader.recognises(tree)) return reader;
  await refuseForeign(tree);
  for (const reader of LAST_FORMATS) if (await reader.recognises(tree)) return reader;
  const path = tree.file === null ? tree.root : tree.absolute(tree.file);
  const known = all.map((reader) => reader.format).join(', ');
  const message = `import: ${path} is none of the formats that are read; for a file under another name give the format: ${known}`;
  throw new AppError('bad-argument', message, { file: path });
}
