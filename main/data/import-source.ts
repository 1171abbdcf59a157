/** What is imported: a file, a folder or a ZIP archive, and the reader that recognises it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { WriteProject } from '../store/project.ts';
import type { LabelSeparator } from './csv-layout.ts';
import { refuseForeign } from './formats/foreign.ts';
import { type FormatReader, ReadSource } from './formats/format.ts';
import { FIRST_FORMATS, LAST_FORMATS } from './formats/formats.ts';
import type { ImportItem } from './import-items.ts';
import type { ImportFormat, ImportReport } from './import-report.ts';
import { SourceTree } from './source-tree.ts';

export interface SourceOptions {
  readonly format?: 'auto' | ImportFormat;
  readonly labelSeparator?: LabelSeparator;
  readonly imagesFolder?: string;
  readonly copy?: boolean;
}

export interface OpenSource {
  readonly format: ImportFormat;
  readonly path: string;
  items(): Promise<AsyncIterable<ImportItem> | ImportItem[]>;
  /** The report in the names that the person knows. */
  named(report: ImportReport): ImportReport;
  close(): Promise<void>;
}

/** Errors: bad-argument, file-missing, format-unsupported. */
export async function openSource(path: string, options: SourceOptions, { info }: WriteProject): Promise<OpenSource> {
  const scratch = await mkdtemp(join(tmpdir(), 'lightbench-import-'));
  const close = () => rm(scratch, { recursive: true, force: true });
  try {
    const tree = await SourceTree.open(path);
    const reader = await readerOf(tree, options.format ?? 'auto');
    const source = new ReadSource({
      tree,
      task: info.task,
      imagesFolder: options.imagesFolder ?? null,
      separator: options.labelSeparator ?? null,
      scratch,
    });
    return { format: reader.format, path, items: async () => reader.read(source), named: (report) => report, close };
  } catch (error) {
    await close();
    throw error;
  }
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
