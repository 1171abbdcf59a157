/** What is wrong with a record of a file, and how the values it has are named in words. */

import { type ErrorCode, messageOf } from '../../preload/contract/errors.ts';

/** A record that cannot be used; its message says what was expected of which field and what came. */
export class RecordProblem extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const SHOWN_CHARACTERS = 60;

/** The kind of a JSON value with its beginning. */
export function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  const kind = Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  return `${kind} (${shown(JSON.stringify(value))})`;
}

/** The beginning of a text. */
export function shown(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

/** The one JSON object of a line. Errors: RecordProblem. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = messageOf(error);
    throw new RecordProblem('bad-json', `expected one JSON object, got ${shown(text)} (${reason})`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RecordProblem('bad-json', `expected one JSON object, got ${described(value)}`);
}
