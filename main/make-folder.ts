import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../preload/contract/errors.ts';

/**
 * Makes a folder that a person named, and those above it that are missing. Node's own `recursive` never returns where a file
 * system refuses as /proc does, and on a read-only disk says no more than that something is missing.
 * Errors: folder-unwritable where the file system has no new folders; else its own, for one above that may not be written to
 * before anything is made.
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  let nearest = folder;
  while (!existsSync(nearest)) {
    missing.push(nearest);
    nearest = dirname(nearest);
  }
  if (missing.length > 0) accessSync(nearest, constants.W_OK);
  for (const path of missing.reverse()) makeOne(path);
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return; // another program has just made it
    if (code !== 'ENOENT') throw error;
    const message = `${folder} cannot be made: ${dirname(folder)} takes no new folders`;
    throw new AppError('folder-unwritable', message, { folder }, { cause: error });
  }
}
