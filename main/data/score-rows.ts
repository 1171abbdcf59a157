/**
 * Predictions of a classifier, ours or not: one row per image with a probability per class.
 * - JSON Lines, or one JSON list as `lightbench score --json` prints it: `{"filename", "probs": [0.9, 0.1], "labels":
 *   ["cat", "dog"]}` as the scoring service replies (product specification, section 16.5), or `"probs": {"cat": 0.9, …}`.
 * - CSV: a column of addresses and a column of probabilities per class.
 * The address may be missing from all rows; they are then taken in order.
 */

import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { messageOf } from '../../preload/contract/errors.ts';
import type { BadRow } from './bad-rows.ts';
import { readCsv } from './csv.ts';
import { FILE_COLUMNS } from './csv-layout.ts';
import { readLines } from './lines.ts';
import { described, parseObject, RecordProblem, shown } from './record-problem.ts';

export interface ScoreRow {
  /** `predictions.jsonl:7`. */
  readonly where: string;
  /** Of the image; null where rows have none. */
  readonly address: string | null;
  /** The same list for all rows that name the same classes in the same order. */
  readonly classes: readonly string[];
  readonly scores: Float64Array;
}

/** Fields of a JSON row that may hold the image's address. */
const ADDRESS_FIELDS = ['filename', 'image_url', 'image', 'file_name', 'path'] as const;

/** Every row; bad ones become problems. Errors: file-missing, file-unreadable. */
export async function* readScoreRows(path: string): AsyncGenerator<ScoreRow | BadRow, void, undefined> {
  if (extname(path).toLowerCase() === '.csv') {
    yield* readCsvRows(path);
    return;
  }
  const shared = sharedLists();
  yield* readJsonRecords(path, (record, where) => {
    const [names, values] = scoresOf(record);
    return { where, address: addressOf(record), ...checked(shared(names), values) };
  });
}

/** The objects of a JSON Lines file or of a JSON list, each as `toRow` makes of it or with what is wrong. */
export async function* readJsonRecords<Row>(
  path: string,
  toRow: (record: Readonly<Record<string, unknown>>, where: string) => Row,
): AsyncGenerator<Row | BadRow, void, undefined> {
  let isList: boolean | null = null;
  for await (const line of readLines(path)) {
    const where = `${path}:${line.number}`;
    if ('problem' in line) yield { where, problem: line.problem };
    else if (line.text.trim() !== '') {
      isList ??= line.text.trimStart().startsWith('[');
      if (isList) break;
      yield tried(where, () => toRow(parseObject(line.text), where));
    }
  }
  if (isList !== true) return;
  const list = listIn(path);
  if (!Array.isArray(list)) {
    yield { where: path, problem: `expected a JSON list of objects or one object a line, got ${list}` };
    return;
  }
  for (const [i, entry] of list.entries()) {
    const where = `${path}, entry ${i + 1}`;
    yield tried(where, () => toRow(parseObject(JSON.stringify(entry)), where));
  }
}

/** The list, or what is wrong with the text. */
function listIn(path: string): unknown[] | string {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown[];
  } catch (error) {
    return messageOf(error);
  }
}

function tried<Row>(where: string, read: () => Row): Row | BadRow {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RecordProblem)) throw error;
    return { where, problem: error.message };
  }
}

/** Null where the record has none. Errors: RecordProblem when it is not a text. */
export function addressOf(record: Readonly<Record<string, unknown>>): string | null {
  const field = ADDRESS_FIELDS.find((name) => record[name] !== undefined);
  if (field === undefined) return null;
  const value = record[field];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new RecordProblem('bad-json', `${field}: expected the address of an image as text, got ${described(value)}`);
}

function scoresOf(record: Readonly<Record<string, unknown>>): [names: readonly string[], values: readonly unknown[]] {
  const { probs, labels, error } = record;
  if (probs === undefined && error !== undefined) {
    throw new RecordProblem('bad-predictions', `the image was not scored: ${shown(JSON.stringify(error))}`);
  }
  if (!Array.isArray(probs)) {
    if (typeof probs === 'object' && probs !== null) return [Object.keys(probs), Object.values(probs)];
    const message = `probs: expected a list or an object of numbers, got ${described(probs)}`;
    throw new RecordProblem('bad-predictions', message);
  }
  if (!Array.isArray(labels) || labels.some((name) => typeof name !== 'string')) {
    throw new RecordProblem('bad-predictions', `labels: expected a list of class names, got ${described(labels)}`);
  }
  if (labels.length !== probs.length) {
    const message = `expected as many probs as labels, got ${probs.length} and ${labels.length}`;
    throw new RecordProblem('bad-predictions', message);
  }
  return [labels as string[], probs];
}

/** Gives the list of before where it is the same, so that a hundred thousand rows hold it once. */
function sharedLists(): (names: readonly string[]) => readonly string[] {
  let last: readonly string[] = [];
  return (names) => {
    if (names.length === last.length && names.every((name, i) => name === last[i])) return last;
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new RecordProblem('bad-predictions', `class "${twice}" is given more than once`);
    last = names;
    return names;
  };
}

function checked(classes: readonly string[], values: readonly unknown[]): Pick<ScoreRow, 'classes' | 'scores'> {
  const wrong = values.findIndex((value) => typeof value !== 'number' || !(value >= 0 && value <= 1));
  if (wrong < 0) return { classes, scores: Float64Array.from(values as number[]) };
  const value = values[wrong];
  const got = typeof value === 'number' ? String(value) : described(value);
  const message = `class "${classes[wrong]}": expected a probability from 0 to 1, got ${got}`;
  throw new RecordProblem('bad-predictions', message);
}

async function* readCsvRows(path: string): AsyncGenerator<ScoreRow | BadRow, void, undefined> {
  let header: { readonly addressColumn: number; readonly columns: number; readonly classes: readonly string[] } | null =
    null;
  for await (const record of readCsv(path)) {
    const where = `${path}:${record.number}`;
    if ('problem' in record) yield { where, problem: record.problem };
    else if (header !== null) {
      const known = header;
      yield tried(where, () => csvRow(record.fields, known, where));
    } else {
      const names = record.fields.map((name) => name.trim());
      const lower = names.map((name) => name.toLowerCase());
      const addressColumn = lower.indexOf(FILE_COLUMNS.find((name) => lower.includes(name)) ?? '\0');
      const classes = tried(where, () => sharedLists()(names.filter((_, i) => i !== addressColumn)));
      if ('problem' in classes) {
        yield classes;
        return;
      }
      header = { addressColumn, columns: names.length, classes };
    }
  }
}

function csvRow(
  fields: readonly string[],
  header: { readonly addressColumn: number; readonly columns: number; readonly classes: readonly string[] },
  where: string,
): ScoreRow {
  const { addressColumn, columns, classes } = header;
  if (fields.length !== columns) {
    throw new RecordProblem('bad-csv', `expected ${columns} columns as in the header, got ${fields.length}`);
  }
  const values = fields.filter((_, i) => i !== addressColumn).map(numberIn);
  const address = addressColumn < 0 ? null : fields[addressColumn]!.trim();
  return { where, address, ...checked(classes, values) };
}

/** The number of a cell, or its text where it is none. */
function numberIn(cell: string): number | string {
  const text = cell.trim();
  return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
}
