/**
 * The objects of a JSON Lines file, and of what people make of one: objects spread over several lines, commas after the
 * last key, a list round all of them.
 * Source: product specification, section 3.5 (variants that must be readable).
 */

import { messageOf } from '../../preload/contract/errors.ts';
import { readLines } from './lines.ts';
import { described, shown } from './record-problem.ts';

export interface JsonRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** What was put right, in words. */
  readonly repairs: readonly string[];
}

export interface BadRecord {
  readonly line: number;
  readonly problem: string;
}

/** An object over more lines than this is one that somebody forgot to close. */
const MOST_LINES = 100_000;

/** An object that began and has not ended. */
interface Open {
  readonly line: number;
  readonly texts: string[];
  readonly brackets: Brackets;
}

/**
 * Every object; what is none is told with its line. An object that never ends does not swallow the whole ones after it.
 * Errors: file-missing, file-unreadable.
 */
export async function* readJsonRecords(
  path: string,
  options: { readonly onByteOrderMark?: () => void } = {},
): AsyncGenerator<JsonRecord | BadRecord, void, undefined> {
  let open: Open | null = null;
  for await (const line of readLines(path, options)) {
    if ('problem' in line) {
      yield { line: line.number, problem: line.problem };
      continue;
    }
    const text = line.text.trim();
    if (open === null) {
      if (text === '' || text === '[' || text === ']' || text === ',') continue;
      const value = text.startsWith('{') ? wholeObject(text) : null;
      if (value !== null) {
        yield { line: line.number, value, repairs: [] };
        continue;
      }
      const brackets = bracketsOf(text);
      if (text.startsWith('{') && brackets.depth > 0) open = { line: line.number, texts: [line.text], brackets };
      else yield parsed(text, line.number, false);
      continue;
    }
    const whole = text.startsWith('{') ? wholeObject(text) : null;
    if (whole !== null && 'image_url' in whole) {
      yield unfinished(open);
      open = null;
      yield { line: line.number, value: whole, repairs: [] };
      continue;
    }
    open.texts.push(line.text);
    addLine(open.brackets, line.text);
    if (open.brackets.depth <= 0) {
      yield parsed(open.texts.join('\n').trim(), open.line, open.texts.length > 1);
      open = null;
    } else if (open.texts.length > MOST_LINES) {
      yield unfinished(open);
      open = null;
    }
  }
  if (open !== null) yield unfinished(open);
}

function unfinished({ line, texts }: Open): BadRecord {
  const known = texts.length === 1 ? reasonAgainst(texts[0]!.trim()) : 'the object does not end';
  return { line, problem: `expected one JSON object, got ${shown(texts[0]!.trim())} (${known})` };
}

function parsed(text: string, line: number, isSpread: boolean): JsonRecord | BadRecord {
  const repairs = isSpread ? ['an object over several lines; read as one line'] : [];
  const inList = text.startsWith('{') ? text.replace(/\}\s*[,\]]+\s*$/, '}') : text.replace(/^\[\s*(?=\{)/, '');
  if (inList !== text) repairs.push('part of a list; read as a line of its own');
  try {
    const value = JSON.parse(inList) as unknown;
    return isObject(value)
      ? { line, value, repairs }
      : { line, problem: `expected one JSON object, got ${described(value)}` };
  } catch {
    const without = withoutTrailingCommas(inList);
    const value = without === inList ? null : wholeObject(without);
    if (value !== null) return { line, value, repairs: [...repairs, 'commas before a closing bracket left out'] };
    return { line, problem: `expected one JSON object, got ${shown(text)} (${reasonAgainst(inList)})` };
  }
}

function reasonAgainst(text: string): string {
  try {
    JSON.parse(text);
    return 'it is one';
  } catch (error) {
    return messageOf(error);
  }
}

function wholeObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? value : null;
  } catch {
    return null; // the caller asks whether it is one
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Commas that only white space parts from a closing bracket, outside of texts. */
function withoutTrailingCommas(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, (found) => (found === ',' ? '' : found));
}

/** How far brackets are open, and whether a text is. */
interface Brackets {
  depth: number;
  isInText: boolean;
}

function bracketsOf(text: string): Brackets {
  const brackets = { depth: 0, isInText: false };
  addLine(brackets, text);
  return brackets;
}

function addLine(brackets: Brackets, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (brackets.isInText) {
      if (char === '\\') i += 1;
      else if (char === '"') brackets.isInText = false;
    } else if (char === '"') brackets.isInText = true;
    else if (char === '{' || char === '[') brackets.depth += 1;
    else if (char === '}' || char === ']') brackets.depth -= 1;
  }
  brackets.isInText = false; // JSON has no line ends inside texts
}
