/**
 * The records of a CSV file, one at a time. Quotes are RFC 4180's: a quoted field may hold the delimiter, doubled quotes
 * and line ends. What is no record is told with its line, and costs no line but its own: a quote that never closes does
 * not swallow what follows.
 */

import { CsvError, parse } from 'csv-parse/sync';
import { type BadLine, type Line, readLines } from './lines.ts';

export interface CsvRecord {
  /** Where it begins, from 1. */
  readonly number: number;
  readonly fields: readonly string[];
}

/** A field with more line ends than this is a quote that somebody forgot to close. */
const MOST_LINES = 20;
const DELIMITERS = [',', ';', '\t'] as const;

/**
 * Every record, the header too; lines without a character are left out. The delimiter is the first of comma, semicolon
 * and tab that the first line has.
 * Errors: file-missing, file-unreadable.
 */
export async function* readCsv(
  path: string,
  options: { readonly onByteOrderMark?: () => void } = {},
): AsyncGenerator<CsvRecord | BadLine, void, undefined> {
  const lines = readLines(path, options);
  const returned: (Line | BadLine)[] = [];
  const next = async () => returned.shift() ?? (await lines.next()).value ?? null;
  let delimiter: string | null = null;
  for (let line = await next(); line !== null; line = await next()) {
    if ('problem' in line) {
      yield line;
      continue;
    }
    if (line.text.trim() === '') continue;
    const { text } = line;
    delimiter ??= DELIMITERS.find((each) => text.includes(each)) ?? DELIMITERS[0];
    if (!text.includes('"')) {
      yield { number: line.number, fields: text.split(delimiter) };
      continue;
    }
    const { result, more } = await readQuoted(line, delimiter, next);
    if ('problem' in result) returned.unshift(...more);
    yield result;
  }
}

/** The record that begins with this line, or what is wrong with it; `more` are the further lines that were read. */
async function readQuoted(
  first: Line,
  delimiter: string,
  next: () => Promise<Line | BadLine | null>,
): Promise<{ readonly result: CsvRecord | BadLine; readonly more: readonly (Line | BadLine)[] }> {
  const { number } = first;
  const more: (Line | BadLine)[] = [];
  let text = first.text;
  for (;;) {
    const parsed = parseRecord(text, delimiter);
    if (Array.isArray(parsed)) return { result: { number, fields: parsed }, more };
    if (!parsed.isOpen) return { result: { number, problem: parsed.problem }, more };
    const line = more.length < MOST_LINES ? await next() : null;
    if (line !== null) more.push(line);
    if (line === null || 'problem' in line) {
      return { result: { number, problem: 'expected a closing quote, found none' }, more };
    }
    text += `\n${line.text}`;
  }
}

function parseRecord(text: string, delimiter: string): string[] | { isOpen: boolean; problem: string } {
  try {
    const [fields] = parse(text, { delimiter, relax_column_count: true });
    return fields ?? [];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const problem = 'expected quotes around a whole field, and doubled inside it, got others';
    return { isOpen: error.code === 'CSV_QUOTE_NOT_CLOSED', problem };
  }
}
