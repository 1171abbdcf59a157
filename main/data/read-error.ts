/** Reading what people name: a file or folder that cannot be read becomes an error that says which, and why. */

import { createReadStream } from 'node:fs';
import { AppError } from '../../preload/contract/errors.ts';

/** Of what a decoder or the file system threw; an AppError stays as it is. */
export function toReadError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof TypeError) {
    const message = `${path}: expected UTF-8 text, got bytes that are none`;
    return new AppError('file-unreadable', message, { file: path }, { cause: error });
  }
  const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const details = { file: path, cause };
  if (cause === 'ENOENT') {
    return new AppError('file-missing', `${path}: there is no such file or folder`, details, { cause: error });
  }
  return new AppError('file-unreadable', `${path}: cannot be read (${cause})`, details, { cause: error });
}

/** The bytes of a file in turn. Errors: file-missing, file-unreadable. */
export async function* readChunks(path: string, chunkBytes?: number): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw toReadError(error, path);
  }
}
