/** Values of fields as people and tools write them: numbers as text, yes and no in six spellings. */

import { described, RecordProblem } from './record-problem.ts';

/** A finite number, also as text. Errors: RecordProblem that names the field. */
export function numberOf(value: unknown, field: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new RecordProblem('bad-annotation', `${field}: expected a number, got ${described(value)}`);
}

const FLAGS: Readonly<Record<string, boolean>> = {
  '0': false,
  '1': true,
  false: false,
  true: true,
  no: false,
  yes: true,
};

/** Yes or no; nothing is no. Errors: RecordProblem that names the field. */
export function flagOf(value: unknown, field: string): boolean {
  if (value === undefined || value === null) return false;
  const flag = ['string', 'number', 'boolean'].includes(typeof value)
    ? FLAGS[String(value).trim().toLowerCase()]
    : undefined;
  if (flag !== undefined) return flag;
  throw new RecordProblem('bad-annotation', `${field}: expected true, false, 1 or 0, got ${described(value)}`);
}

/** The name of a class, without spaces around it. Errors: RecordProblem that names the field. */
export function classNameOf(value: unknown, field: string): string {
  const name = typeof value === 'number' ? String(value) : value;
  if (typeof name === 'string' && name.trim() !== '') return name.trim();
  throw new RecordProblem('bad-annotation', `${field}: expected a class name as text, got ${described(value)}`);
}

/** A ring of coordinates `x, y, x, y …`. Errors: RecordProblem that names the field. */
export function ringOf(value: unknown, field: string): number[] {
  if (!Array.isArray(value)) {
    throw new RecordProblem('bad-annotation', `${field}: expected a list of coordinates, got ${described(value)}`);
  }
  if (value.length % 2 !== 0) {
    const message = `${field}: expected pairs of coordinates, got ${value.length} numbers`;
    throw new RecordProblem('bad-annotation', message);
  }
  return value.map((entry, i) => numberOf(entry, `${field}[${i}]`));
}
