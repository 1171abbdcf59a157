/**
 * A project is one folder: `project.sqlite`, `images/` (copied pictures), `runs/<id>/`, `sweeps/<id>/`, `bundles/`. Paths
 * inside it are relative, so the folder may be moved, renamed or carried to another machine.
 */

import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import type { Clock } from '../clock.ts';
import { makeFolder, refuseOccupied } from '../new-folder.ts';
import { Connection, type ReadDb, type WriteDb } from './db.ts';
import { toDiskError } from './disk-errors.ts';
import { type ProjectLock, takeLock } from './lock.ts';
import { APPLICATION_ID, checkReadable, migrate, schemaVersion } from './migrate.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations/migrations.ts';
import { type ProjectInfo, projectInfo } from './project-info.ts';
import { markAbandoned } from './runs.ts';
import { markInterrupted } from './sweeps.ts';

interface OpenFolder<Db extends ReadDb> {
  /** Absolute. */
  readonly folder: string;
  readonly db: Db;
  readonly info: ProjectInfo;
  close(): void;
}

export type ReadProject = OpenFolder<ReadDb>;

export interface WriteProject extends OpenFolder<WriteDb> {
  readonly clock: Clock;
  /** Runs that an earlier writer left behind when it died; they are `failed` now and may be resumed. */
  readonly abandonedRuns: readonly string[];
}

export interface WriterIdentity {
  readonly clock: Clock;
  /** What this process is doing, shown to whoever is refused meanwhile: `lightbench train`. */
  readonly owner: string;
}

const DATABASE = 'project.sqlite';
const PARTIAL_DATABASE = 'project.sqlite.partial';
const FOLDERS = ['images', 'runs', 'sweeps', 'bundles'];
const ABANDONED_REASON = 'the program that ran it ended without a word; resume continues from the last epoch';
const INTERRUPTED_REASON = 'the program that ran it ended without a word; resume goes on with it';

/**
 * Makes a new project in a folder that does not exist yet or is empty, and opens it for writing.
 * Errors: folder-exists, folder-unwritable, disk-full.
 */
export function createProject(
  path: string,
  options: WriterIdentity & { readonly name?: string; readonly task: Task },
): WriteProject {
  const folder = resolve(path);
  if (existsSync(join(folder, DATABASE))) {
    throw new AppError('folder-exists', `create project: ${folder} is a project already`, { folder });
  }
  refuseOccupied('create project', folder, (name) => name.startsWith(PARTIAL_DATABASE));
  const partial = join(folder, PARTIAL_DATABASE);
  try {
    makeFolder(folder);
    rmSync(partial, { force: true });
    rmSync(`${partial}-journal`, { force: true });
    writeFileSync(partial, '');
    fillDatabase(partial, folder, {
      name: options.name ?? basename(folder),
      task: options.task,
      created_at_ms: options.clock.nowMs(),
    });
    // The name appears with the finished file, so a crash before this line leaves no half-made project.
    renameSync(partial, join(folder, DATABASE));
  } catch (error) {
    throw toDiskError(error, folder, 'create project');
  }
  return openProject(folder, { ...options, access: 'write' });
}

/**
 * Opens a project. Any number of readers may be open beside the one writer.
 * A writer also ends the runs and sweeps which a dead writer left `running`.
 * Errors: not-a-project, project-too-new, project-damaged, project-in-use, folder-unwritable, disk-full.
 */
export function openProject(path: string, options: WriterIdentity & { readonly access: 'write' }): WriteProject;
export function openProject(path: string, options: WriterIdentity & { readonly access: 'read' }): ReadProject;
export function openProject(
  path: string,
  options: WriterIdentity & { readonly access: 'read' | 'write' },
): ReadProject | WriteProject {
  const folder = resolve(path);
  refuseForeign(folder);
  return options.access === 'write' ? openForWriting(folder, options) : openForReading(folder, options);
}

function openForWriting(folder: string, identity: WriterIdentity): WriteProject {
  const { clock, owner } = identity;
  const lock = takeLock(folder, { pid: process.pid, command: owner, since_ms: clock.nowMs() });
  let connection: Connection | null = null;
  try {
    connection = new Connection(join(folder, DATABASE), folder, 'write');
    checkReadable(connection, folder, MIGRATIONS);
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    migrate(connection);
    for (const name of FOLDERS) makeFolder(join(folder, name));
    const abandonedRuns = markAbandoned(connection, ABANDONED_REASON, clock.nowMs());
    markInterrupted(connection, INTERRUPTED_REASON, clock.nowMs());
    const info = projectInfo(connection);
    return { folder, db: connection, info, clock, abandonedRuns, close: closer(connection, lock) };
  } catch (error) {
    connection?.close();
    lock.release();
    throw toDiskError(error, folder, 'open project');
  }
}

function openForReading(folder: string, identity: WriterIdentity): ReadProject {
  const connection = new Connection(join(folder, DATABASE), folder, 'read');
  try {
    checkReadable(connection, folder, MIGRATIONS);
    if (schemaVersion(connection) < SCHEMA_VERSION) {
      // Readers may not change the file, so a moment as its writer brings an older project up to date.
      connection.close();
      openForWriting(folder, identity).close();
      return openForReading(folder, identity);
    }
    return { folder, db: connection, info: projectInfo(connection), close: closer(connection, null) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Closing twice is harmless, so that a `finally` needs no bookkeeping. */
function closer(connection: Connection, lock: ProjectLock | null): () => void {
  let isOpen = true;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    connection.close();
    lock?.release();
  };
}

function fillDatabase(path: string, folder: string, info: ProjectInfo): void {
  const connection = new Connection(path, folder, 'write');
  try {
    connection.pragma(`application_id = ${APPLICATION_ID}`);
    migrate(connection);
    connection
      .prepare('INSERT INTO project (id, name, task, created_at_ms) VALUES (1, ?, ?, ?)')
      .run(info.name, info.task, info.created_at_ms);
  } finally {
    connection.close();
  }
}

function refuseForeign(folder: string): void {
  if (existsSync(join(folder, DATABASE))) return;
  const state = existsSync(folder) ? 'has no project.sqlite' : 'does not exist';
  throw new AppError('not-a-project', `open project ${folder}: it ${state}`, { folder });
}
