/** Turns what the file system says into something a person can act on. */

import { AppError } from '../../preload/contract/errors.ts';

/** The AppError for a failed write to `path`; anything that is no such failure comes back as it is. */
export function asFileError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk-full', `write ${path}: the disk is full`, { path }, { cause: error });
  }
  const reason = typeof code === 'string' ? REFUSALS[code] : undefined;
  if (reason === undefined) return error;
  return new AppError('folder-unwritable', `write ${path}: ${reason}`, { path }, { cause: error });
}

const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the disk can only be read',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EEXIST: 'a part of this path is a file, not a folder',
};
