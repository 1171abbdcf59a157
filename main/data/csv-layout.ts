/**
 * How a CSV file of labelled images says which classes an image has: in one cell, as names, or in a column for each
 * class, as 0 and 1. The header decides, and where it does not, the cells.
 * Source: product specification, section 3.7, for the layout of two columns.
 */

import { AppError } from '../../preload/contract/errors.ts';
import { readCsv } from './csv.ts';

export type LabelSeparator = ',' | ';' | '|' | ' ';

export type CsvLayout = {
  /** Of the image's address. */
  readonly fileColumn: number;
  readonly columns: number;
  readonly header: readonly string[];
  /** Columns that are not used. */
  readonly ignored: readonly string[];
} & (
  | { readonly kind: 'names'; readonly labelColumn: number; readonly separator: LabelSeparator }
  | { readonly kind: 'flags'; readonly classColumns: readonly number[] }
);

/** What the column of an image's address is called, the likeliest name first. */
export const FILE_COLUMNS = [
  'image_url',
  'filename',
  'file_name',
  'file',
  'path',
  'image',
  'image_name',
  'image_path',
  'name',
];
const LABEL_COLUMNS = ['labels', 'label', 'label_name', 'tags', 'tag', 'classes', 'class', 'class_name', 'category'];
const FLAGS: Readonly<Record<string, boolean>> = {
  '0': false,
  '1': true,
  '0.0': false,
  '1.0': true,
  false: false,
  true: true,
};

/** What a cell of a class column says, or null when it is none. */
export const flagOf = (cell: string): boolean | null => FLAGS[cell.trim().toLowerCase()] ?? null;

/** What was seen of a column's cells. */
interface Seen {
  /** Cells of 0 or 1, or the like. */
  flags: number;
  readonly separators: Set<LabelSeparator>;
}

/**
 * Reads a file through once to know how it is to be read.
 * Errors: file-missing, file-unreadable; bad-argument when the header leaves open what is meant.
 */
export async function csvLayout(path: string): Promise<CsvLayout> {
  let header: string[] | null = null;
  let seen: Seen[] = [];
  for await (const record of readCsv(path)) {
    if ('problem' in record) continue;
    if (header === null) {
      header = record.fields.map((name) => name.trim());
      seen = header.map(() => ({ flags: 0, separators: new Set() }));
    } else if (record.fields.length === header.length)
      for (const [i, cell] of record.fields.entries()) look(cell, seen[i]!);
  }
  if (header === null) throw refused(path, 'expected a header line, the file has none');
  return decide(path, header, seen);
}

function look(cell: string, seen: Seen): void {
  if (flagOf(cell) !== null) seen.flags += 1;
  for (const separator of [',', ';', '|'] as const) if (cell.includes(separator)) seen.separators.add(separator);
}

function decide(path: string, header: readonly string[], seen: readonly Seen[]): CsvLayout {
  if (header.length < 2) {
    throw refused(path, `expected columns for the image and its labels, the header has only "${header.join()}"`);
  }
  const twice = header.find((name, i) => name !== '' && header.indexOf(name) !== i);
  if (twice !== undefined) throw refused(path, `the header names the column "${twice}" more than once`);
  const lower = header.map((name) => name.toLowerCase());
  const named = (names: readonly string[]) => lower.indexOf(names.find((name) => lower.includes(name)) ?? '\0');
  const firstNamed = header.findIndex((name) => name !== '');
  const fileColumn = Math.max(named(FILE_COLUMNS), named(FILE_COLUMNS) < 0 ? firstNamed : -1);
  const others = [...header.keys()].filter((column) => column !== fileColumn);
  const common = { fileColumn, columns: header.length, header };
  const labelColumn = named(LABEL_COLUMNS);
  const isPair = others.length === 1 && seen[others[0]!]!.flags === 0;
  if ((labelColumn >= 0 && labelColumn !== fileColumn) || isPair) {
    const column = isPair ? others[0]! : labelColumn;
    const { separators } = seen[column]!;
    const separator = ([',', ';', '|'] as const).find((each) => separators.has(each)) ?? ' ';
    const ignored = others.filter((each) => each !== column).map((each) => header[each]!);
    return { ...common, ignored, kind: 'names', labelColumn: column, separator };
  }
  const classColumns = others.filter((column) => header[column] !== '' && seen[column]!.flags > 0);
  if (classColumns.length === 0) {
    const wanted = `a column "labels", or a column of 0 and 1 for each class`;
    throw refused(path, `expected ${wanted}, the header has ${header.map((name) => `"${name}"`).join(', ')}`);
  }
  const ignored = others.filter((column) => !classColumns.includes(column)).map((column) => header[column]!);
  return { ...common, ignored, kind: 'flags', classColumns };
}

function refused(path: string, problem: string): AppError {
  return new AppError('bad-argument', `${path}:1: ${problem}`, { file: path, line: 1 });
}
