/** Records and objects that may fail alone: what is wrong with one becomes a line of the report. */

import type { ErrorCode } from '../../../preload/contract/errors.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import type { BadObject, ImageItem, ProblemItem } from '../import-items.ts';
import { RecordProblem } from '../record-problem.ts';

/** Errors of these codes are of one file of many, and stop nothing. */
const OF_ONE_FILE: ReadonlySet<ErrorCode> = new Set(['bad-xml', 'bad-json', 'file-missing', 'file-unreadable']);

/** A record, or why it is none. */
export async function attempt<Item extends ImageItem>(
  where: string,
  read: () => Item | Promise<Item>,
): Promise<Item | ProblemItem> {
  try {
    return await read();
  } catch (error) {
    const isOwn = error instanceof RecordProblem || (error instanceof AppError && OF_ONE_FILE.has(error.code));
    if (!isOwn) throw error;
    return { kind: 'problem', where, code: error.code, reason: error.message };
  }
}

/** What every entry gives; entries that fail are added to `bad` under their own place. */
export function attemptEach<Entry, Value>(
  entries: Iterable<Entry>,
  place: (entry: Entry, index: number) => string,
  bad: BadObject[],
  read: (entry: Entry, where: string) => Value,
): Value[] {
  const values: Value[] = [];
  let index = 0;
  for (const entry of entries) {
    const where = place(entry, index);
    index += 1;
    try {
      values.push(read(entry, where));
    } catch (error) {
      if (!(error instanceof RecordProblem)) throw error;
      bad.push({ where, code: error.code, reason: error.message });
    }
  }
  return values;
}
