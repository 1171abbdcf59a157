/**
 * Which files are taken out of an archive, and where they go. A file is chosen by the last part of its path and written
 * under that name alone, so that no path in an archive can lead anywhere.
 */

import { basename, join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';

/** Path inside the archive, by file name. */
export type Extracted = ReadonlyMap<string, string>;

export interface Wanted {
  /** Where this entry is to be written; null for one that is not wanted. Errors: bad-argument for a second or huge one. */
  targetOf(path: string, sizeBytes: number): { readonly name: string; readonly path: string } | null;
  readonly largestBytes: number;
}

export const refuse = (message: string): AppError => new AppError('bad-argument', message);

/** Whether bytes could not be unpacked. */
export const isOfZlib = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');

export function wantedFiles(archive: string, names: readonly string[], folder: string, largestBytes: number): Wanted {
  const taken = new Map<string, string>();
  return {
    largestBytes,
    targetOf: (path, sizeBytes) => {
      const name = basename(path);
      if (!names.includes(name)) return null;
      const before = taken.get(name);
      if (before !== undefined) throw refuse(`${archive}: holds ${name} twice, as ${before} and as ${path}`);
      if (sizeBytes > largestBytes)
        throw refuse(`${archive}: ${path} has ${sizeBytes} bytes, more than ${largestBytes}`);
      taken.set(name, path);
      return { name, path: join(folder, name) };
    },
  };
}

/** Passes bytes on and ends in an error when there are more than allowed, whatever a header promised. */
export function counted(
  what: string,
  largestBytes: number,
): (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> {
  return async function* (chunks) {
    let total = 0;
    for await (const chunk of chunks) {
      total += chunk.length;
      if (total > largestBytes) throw refuse(`${what} has more than ${largestBytes} bytes`);
      yield chunk;
    }
  };
}
