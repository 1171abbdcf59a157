/**
 * One writer per project. The lock is an exclusive transaction on `project.lock`, an SQLite file of its own: the
 * operating system drops it the moment the process ends, however it ends, so it never goes stale and never needs a
 * guess about whether a process id is still alive. `project.lock.json` beside it only says who holds it.
 * Trap: on POSIX systems closing any descriptor of a file drops all locks of the process on it, so nothing but SQLite
 * may ever open `project.lock`.
 */

import { accessSync, constants, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '../../preload/contract/errors.ts';
import { toDiskError } from './disk-errors.ts';

export interface LockHolder {
  readonly pid: number;
  /** What the holder is doing, as a person would call it: `lightbench train`. */
  readonly command: string;
  readonly since_ms: number;
}

export interface ProjectLock {
  release(): void;
}

/**
 * Takes the write lock of a project, at once or not at all.
 * Errors: project-in-use with the holder's pid and command; folder-unwritable; disk-full.
 */
export function takeLock(folder: string, holder: LockHolder): ProjectLock {
  const database = openLockFile(folder);
  try {
    // SQLite quietly makes this a shared lock where it may only read, and two writers would share it.
    accessSync(lockPath(folder), constants.W_OK);
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? inUse(folder) : toDiskError(error, folder, 'lock project');
  }
  try {
    writeHolder(folder, holder);
  } catch (error) {
    database.close();
    throw toDiskError(error, folder, 'lock project');
  }
  return {
    release() {
      // best effort: a leftover note misleads nobody, since only the lock itself decides
      rmSync(holderPath(folder), { force: true });
      database.close();
    },
  };
}

/** Who holds the project, or null when nobody says so. */
function lockHolder(folder: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(holderPath(folder), 'utf8')) as LockHolder;
  } catch {
    return null; // the holder has not written it yet, or has just left
  }
}

function openLockFile(folder: string): Database.Database {
  try {
    return new Database(lockPath(folder), { timeout: 0 });
  } catch (error) {
    throw toDiskError(error, folder, 'lock project');
  }
}

function writeHolder(folder: string, holder: LockHolder): void {
  const partial = `${holderPath(folder)}.partial`;
  writeFileSync(partial, `${JSON.stringify(holder)}\n`);
  renameSync(partial, holderPath(folder));
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

function inUse(folder: string): AppError {
  const holder = lockHolder(folder);
  const who = holder === null ? 'another process' : `"${holder.command}" (process ${holder.pid})`;
  const message = `open project ${folder}: it is being written by ${who}; wait for it to end, or stop it`;
  return new AppError('project-in-use', message, { project: folder, pid: holder?.pid, command: holder?.command });
}

function lockPath(folder: string): string {
  return join(folder, 'project.lock');
}

function holderPath(folder: string): string {
  return join(folder, 'project.lock.json');
}
