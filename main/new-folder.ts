/** Folders that people name, for what is about to be written. */

import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../preload/contract/errors.ts';

/** Errors: folder-exists unless the folder is empty or not there; `isOurs` tells names in it that do not count. */
export function refuseOccupied(
  operation: string,
  folder: string,
  isOurs: (name: string) => boolean = () => false,
): void {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isDirectory()) {
    throw new AppError('folder-exists', `${operation}: ${folder} is a file, a folder is needed`, { folder });
  }
  const names = readdirSync(folder).filter((name) => !isOurs(name));
  if (names.length === 0) return;
  const message = `${operation}: ${folder} is not empty (it holds ${names[0]}); choose a new or empty folder`;
  throw new AppError('folder-exists', message, { folder, entries: names.length });
}

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never returns where a file system refuses as
 * /proc does, and on a read-only disk says no more than that something is missing.
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
