/** The entries of the lists and objects at the top of a JSON file of any size, one at a time. */

import { createReadStream } from 'node:fs';
import { JSONParser } from '@streamparser/json';
import { AppError } from '../../preload/contract/errors.ts';

export interface JsonEntry {
  /** The key at the top: `annotations`. */
  readonly list: string;
  /** The entry's own place in the list, or its key in the object. */
  readonly key: string | number;
  readonly value: unknown;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Entries of the named lists, in the order of the file. `*` for all of them.
 * Errors: file-missing, file-unreadable, bad-json when the file is no JSON or ends too early; what came before was good.
 */
export async function* streamJson(
  path: string,
  lists: readonly string[],
  onChunk: () => void = () => {},
): AsyncGenerator<JsonEntry, void, undefined> {
  let entries: JsonEntry[] = [];
  const parser = new JSONParser({ paths: lists.map((list) => `$.${list}.*`), keepStack: false });
  parser.onValue = ({ value, key, stack }) => {
    entries.push({ list: String(stack[1]?.key), key: key as string | number, value });
  };
  // Without a listener the parser throws out of `write`, which is what we want.
  let isAtStart = true;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
      parser.write(isAtStart && hasMark(chunk) ? chunk.subarray(3) : chunk);
      isAtStart = false;
      yield* entries;
      entries = [];
      onChunk();
    }
    if (!parser.isEnded) throw new Error('it ends in the middle');
  } catch (error) {
    throw toAppError(error, path);
  }
}

const hasMark = (chunk: Buffer): boolean => chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;

function toAppError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const cause = error instanceof Error && 'code' in error ? String(error.code) : null;
  const details = { file: path };
  if (cause === 'ENOENT') return new AppError('file-missing', `${path}: there is no such file`, details);
  if (cause !== null) return new AppError('file-unreadable', `${path}: cannot be read (${cause})`, details);
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError('bad-json', `${path}: expected a whole JSON file, got none (${reason})`, details, {
    cause: error,
  });
}
