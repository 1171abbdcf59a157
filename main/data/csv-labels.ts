/**
 * Reads a CSV file of labelled images, one record an image.
 * Source: product specification, section 3.7; images are looked for under their address and below `images/`.
 */

import { extname } from 'node:path';
import { IMAGE_EXTENSIONS } from '../images/format.ts';
import { cleanLabels, type Labelling, type ReadLabels } from './class-names.ts';
import { readCsv } from './csv.ts';
import { type CsvLayout, csvLayout, flagOf, type LabelSeparator } from './csv-layout.ts';
import { locateImage } from './image-url.ts';
import type { ImageItem, ImportItem } from './import-items.ts';
import { RecordProblem, shown } from './record-problem.ts';

export interface CsvSource {
  readonly file: string;
  /** What relative addresses are relative to. */
  readonly root: string;
  readonly labelling: Labelling;
  /** Of every record; none by default. */
  readonly splitName?: string | null;
  /** What stands between names in a cell; found out where it is not given. */
  readonly separator?: LabelSeparator;
}

const SEPARATOR_WORDS: Readonly<Record<LabelSeparator, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '|': 'bars',
  ' ': 'spaces',
};

/**
 * One item per record after the header; bad ones become problems and never stop the reading.
 * Errors: file-missing, file-unreadable; bad-argument for a header that nothing can be made of.
 */
export async function* readCsvLabels(source: CsvSource): AsyncGenerator<ImportItem, void, undefined> {
  const { file } = source;
  const layout = withSeparator(await csvLayout(file), source.separator);
  let hasMark = false;
  let hasHeader = false;
  let hasSpaces = false;
  const onByteOrderMark = () => {
    hasMark = true;
  };
  for await (const record of readCsv(file, { onByteOrderMark })) {
    const where = `${file}:${record.number}`;
    if ('problem' in record) yield { kind: 'problem', where, code: 'bad-csv', reason: record.problem };
    else if (hasHeader) {
      hasSpaces ||= layout.kind === 'names' && (record.fields[layout.labelColumn]?.trim().includes(' ') ?? false);
      yield readRecord(record.fields, where, source, layout);
    } else {
      hasHeader = true;
      if (looksLikeImage(record.fields[layout.fileColumn]!)) {
        yield { kind: 'warning', text: `${where}: taken for the header, though it looks like a record` };
      }
    }
  }
  if (hasMark) yield { kind: 'repair', text: `${file}: left out the byte order mark at its start` };
  for (const column of layout.ignored)
    yield { kind: 'warning', text: `${file}:1: the column "${column}" was not used` };
  if (hasSpaces && layout.kind === 'names' && layout.separator === ' ' && source.labelling === 'any') {
    const text = `${file}: labels were taken apart at ${SEPARATOR_WORDS[' ']}, since no cell has another separator`;
    yield { kind: 'warning', text };
  }
}

function withSeparator(layout: CsvLayout, separator: LabelSeparator | undefined): CsvLayout {
  return layout.kind === 'names' && separator !== undefined ? { ...layout, separator } : layout;
}

const looksLikeImage = (cell: string): boolean => IMAGE_EXTENSIONS.has(extname(cell.trim()).slice(1).toLowerCase());

function readRecord(fields: readonly string[], where: string, source: CsvSource, layout: CsvLayout): ImportItem {
  try {
    return toItem(fields, where, source, layout);
  } catch (error) {
    if (!(error instanceof RecordProblem)) throw error;
    return { kind: 'problem', where, code: error.code, reason: error.message };
  }
}

function toItem(fields: readonly string[], where: string, source: CsvSource, layout: CsvLayout): ImageItem {
  if (fields.length !== layout.columns) {
    const message = `expected ${layout.columns} columns as in the header, got ${fields.length}`;
    throw new RecordProblem('bad-csv', message);
  }
  const url = fields[layout.fileColumn]!.trim();
  if (url === '') {
    throw new RecordProblem('bad-csv', `column "${layout.header[layout.fileColumn]}": expected an image, got nothing`);
  }
  const { labels, repairs } = labelsOfRecord(fields, layout, source.labelling);
  const candidates = candidatesOf(url, source.root);
  return {
    ...{ kind: 'image', where, url, candidates, labels, repairs },
    splitName: source.splitName ?? null,
    objects: null,
    claimed: { width: null, height: null },
  };
}

/** The classes that a record names. Errors: RecordProblem. */
export function labelsOfRecord(fields: readonly string[], layout: CsvLayout, labelling: Labelling): ReadLabels {
  return layout.kind === 'names' ? fromNames(fields, layout, labelling) : fromFlags(fields, layout, labelling);
}

function fromNames(
  fields: readonly string[],
  layout: Extract<CsvLayout, { kind: 'names' }>,
  labelling: Labelling,
): ReadLabels {
  const column = `column "${layout.header[layout.labelColumn]}"`;
  const cell = fields[layout.labelColumn]!.trim();
  if (/^\[.*\]$/s.test(cell)) {
    const words = SEPARATOR_WORDS[layout.separator];
    throw new RecordProblem('bad-label', `${column}: expected names between ${words}, got a list (${shown(cell)})`);
  }
  if (labelling === 'one') {
    if (cell === '') throw new RecordProblem('bad-label', `${column}: expected a class name, got nothing`);
    return cleanLabels([cell]);
  }
  const names = cell.split(layout.separator).map((name) => name.trim());
  const given = names.filter((name) => name !== '');
  const { labels, repairs } = cleanLabels(given);
  const isUneven = given.length > 0 && given.length < names.length;
  const uneven = `${column}: ${names.length - given.length} empty names left out`;
  return { labels, repairs: isUneven && layout.separator !== ' ' ? [...repairs, uneven] : repairs };
}

function fromFlags(
  fields: readonly string[],
  layout: Extract<CsvLayout, { kind: 'flags' }>,
  labelling: Labelling,
): ReadLabels {
  const labels = layout.classColumns.filter((column) => {
    const flag = flagOf(fields[column]!);
    if (flag !== null) return flag;
    const message = `column "${layout.header[column]}": expected 0 or 1, got "${shown(fields[column]!)}"`;
    throw new RecordProblem('bad-label', message);
  });
  if (labelling === 'one' && labels.length !== 1) {
    throw new RecordProblem('bad-label', `expected a 1 in one class column, got ${labels.length}`);
  }
  return cleanLabels(labels.map((column) => layout.header[column]!));
}

/** As written, then below `images/`, then both with the ending that a bare name leaves out. */
function candidatesOf(url: string, root: string): readonly string[] {
  const { candidates, problem } = locateImage(url, root);
  if (problem !== null) throw new RecordProblem('image-missing', `image "${url}": ${problem}`);
  const below = /^[a-z][a-z0-9+.-]+:\/\//i.test(url) ? [] : locateImage(`images/${url}`, root).candidates;
  const plain = [...candidates, ...below];
  if (looksLikeImage(url)) return [...new Set(plain)];
  const endings = [...IMAGE_EXTENSIONS].flatMap((ending) => [ending, ending.toUpperCase()]);
  return [...new Set([...plain, ...plain.flatMap((path) => endings.map((ending) => `${path}.${ending}`))])];
}
