/** What the disk and SQLite say when they refuse, in words a person can act on. */

import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);
const UNWRITABLE = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
  'SQLITE_PERM',
]);
const DAMAGED = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

/** Below this a failed write without a clear cause is taken for a full disk: SQLite's own page-sized files need more. */
const ALMOST_NOTHING_BYTES = 64 * 1024;

/**
 * The AppError for an operating system or SQLite error met while working in `folder`; anything else comes back as it is.
 * Errors: disk-full, folder-unwritable, project-damaged, project-in-use.
 */
export function toDiskError(error: unknown, folder: string, operation: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const free = freeBytes(folder);
  const details = { folder, free_bytes: free, cause: code };
  const options = { cause: error };

  if (FULL.has(code) || (isIoError(code) && free !== null && free < ALMOST_NOTHING_BYTES)) {
    const left = free === null ? 'unknown' : `${free} bytes`;
    return new AppError('disk-full', `${operation}: the disk of ${folder} is full (free: ${left})`, details, options);
  }
  if (matches(UNWRITABLE, code)) {
    return new AppError('folder-unwritable', `${operation}: cannot write in ${folder} (${code})`, details, options);
  }
  if (matches(DAMAGED, code)) {
    const message = `${operation}: project.sqlite in ${folder} is damaged or no database (${error.message})`;
    return new AppError('project-damaged', message, details, options);
  }
  if (matches(new Set(['SQLITE_BUSY']), code)) {
    const message = `${operation}: another program holds project.sqlite in ${folder}`;
    return new AppError('project-in-use', message, details, options);
  }
  if (isIoError(code)) {
    const message = `${operation}: reading or writing failed in ${folder} (${code}: ${error.message})`;
    return new AppError('file-unreadable', message, details, options);
  }
  return error;
}

/** SQLite's extended codes start with the plain one: `SQLITE_READONLY_DIRECTORY`. */
function matches(codes: ReadonlySet<string>, code: string): boolean {
  return [...codes].some((plain) => code === plain || code.startsWith(`${plain}_`));
}

function isIoError(code: string): boolean {
  return code === 'EIO' || code.startsWith('SQLITE_IOERR');
}

/** Bytes an ordinary user may still write below `folder`, or null where nothing of the path exists. */
export function freeBytes(folder: string): number | null {
  for (let path = folder; ; path = dirname(path)) {
    try {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    } catch {
      if (path === dirname(path)) return null;
    }
  }
}
