/** Whether a database is whole, copies of it that are, and room that nobody uses. */

import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { flushFile } from '../durable-file.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { takeLock } from './lock.ts';
import type { WriterIdentity } from './project.ts';

const MOST_PROBLEMS = 20;

/** What SQLite finds wrong with the file and with rows that name each other. */
export function databaseProblems(db: ReadDb): string[] {
  const file = db.prepare(`PRAGMA quick_check(${MOST_PROBLEMS})`).all() as { quick_check: string }[];
  const rows = db.prepare('PRAGMA foreign_key_check').all() as { table: string; rowid: number; parent: string }[];
  return [
    ...file.map((row) => row.quick_check).filter((text) => text !== 'ok'),
    ...rows
      .slice(0, MOST_PROBLEMS)
      .map(({ table, rowid, parent }) => `${table} ${rowid} names a row of ${parent} that is not there`),
  ];
}

/** Writes a whole and compact copy of the database to a path that is free; it is there complete or not at all. */
export function copyDatabase(db: ReadDb, path: string): void {
  const partial = `${path}.partial`;
  mkdirSync(dirname(path), { recursive: true });
  rmSync(partial, { force: true });
  db.copyTo(partial);
  flushFile(partial);
  renameSync(partial, path);
}

const snapshotPath = (folder: string): string => join(folder, 'snapshots', 'last-good.sqlite');

/** Keeps the database as it is as the last good one. */
export function keepSnapshot(db: ReadDb, folder: string): void {
  copyDatabase(db, snapshotPath(folder));
}

/** When the last good state was kept; null when none was. Units: milliseconds. */
export function snapshotAtMs(folder: string): number | null {
  const found = statSync(snapshotPath(folder), { throwIfNoEntry: false });
  return found === undefined ? null : found.mtimeMs;
}

/**
 * Puts the last good state in the place of a damaged database, which stays beside it under another name.
 * Errors: file-missing when none was kept; project-in-use.
 */
export function restoreSnapshot(folder: string, { clock, owner }: WriterIdentity): void {
  const snapshot = snapshotPath(folder);
  if (!existsSync(snapshot)) {
    throw new AppError('file-missing', `${folder} has no last good state: none was kept yet`, { folder });
  }
  const lock = takeLock(folder, { pid: process.pid, command: owner, since_ms: clock.nowMs() });
  try {
    const aside = join(folder, `project.sqlite.damaged-${clock.nowMs()}`);
    renameSync(join(folder, 'project.sqlite'), aside);
    // What was not yet in the file belongs to the damaged one.
    for (const suffix of ['-wal', '-shm']) {
      const beside = join(folder, `project.sqlite${suffix}`);
      if (existsSync(beside)) renameSync(beside, `${aside}${suffix}`);
    }
    renameSync(snapshot, join(folder, 'project.sqlite'));
  } finally {
    lock.release();
  }
}

/** Gives room back that deleted rows have left. */
export function compactDatabase(db: WriteDb): void {
  db.prepare('VACUUM').run();
  db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
}

/** Gives a project another name. */
export function renameProject(db: WriteDb, name: string): void {
  db.prepare('UPDATE project SET name = ? WHERE id = 1').run(name);
}
