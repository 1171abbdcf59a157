/**
 * A project's SQLite connection as the rest of the engine sees it: readers get `ReadDb`, writers `WriteDb`, and every
 * error that is the disk's or another program's fault arrives as an AppError that names the folder.
 */

import Database from 'better-sqlite3';
import { toDiskError } from './disk-errors.ts';

export type SqlValue = string | number | bigint | Uint8Array | null;

export interface ReadStatement {
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

export interface WriteStatement extends ReadStatement {
  /** Returns the number of rows changed and the row id of the last insert. */
  run(...values: SqlValue[]): { changes: number; lastInsertRowid: number | bigint };
}

/** Statements are prepared once per connection and SQL text. */
export interface ReadDb {
  prepare(sql: string): ReadStatement;
  /** Runs `work` on one unchanging snapshot of the database. */
  snapshot<T>(work: () => T): T;
  /** Writes a whole and compact copy of the database to a file that is not there yet. */
  copyTo(path: string): void;
}

export interface WriteDb extends ReadDb {
  prepare(sql: string): WriteStatement;
  /** Runs `work` in one transaction: all of it is kept, or, when it throws, nothing. Nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  /** Runs `work` in a transaction of which nothing is kept: to see what it would do. */
  trial<T>(work: () => Promise<T>): Promise<T>;
}

/** How long a statement waits for a foreign program (a backup, an SQL shell) to let go of the file. */
const BUSY_TIMEOUT_MS = 5_000;

export class Connection implements WriteDb {
  private readonly database: Database.Database;
  private readonly folder: string;
  private readonly statements = new Map<string, WriteStatement>();

  constructor(path: string, folder: string, access: 'read' | 'write') {
    this.folder = folder;
    this.database = this.guard('open project', () => {
      return new Database(path, { readonly: access === 'read', fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    });
  }

  prepare(sql: string): WriteStatement {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.guard('read project', () => this.database.prepare<SqlValue[]>(sql));
    const guarded: WriteStatement = {
      get: (...values) => this.guard('read project', () => statement.get(...values)),
      all: (...values) => this.guard('read project', () => statement.all(...values)),
      run: (...values) => this.guard('write project', () => statement.run(...values)),
    };
    this.statements.set(sql, guarded);
    return guarded;
  }

  snapshot<T>(work: () => T): T {
    if (this.database.inTransaction) return work();
    return this.guard('read project', () => this.database.transaction(work).deferred());
  }

  copyTo(path: string): void {
    this.guard('copy project', () => this.database.prepare('VACUUM INTO ?').run(path));
  }

  transaction<T>(work: () => T): T {
    if (this.database.inTransaction) return work();
    return this.guard('write project', () => this.database.transaction(work).immediate());
  }

  async trial<T>(work: () => Promise<T>): Promise<T> {
    this.execute('BEGIN IMMEDIATE');
    try {
      return await work();
    } finally {
      if (this.database.inTransaction) this.execute('ROLLBACK');
    }
  }

  /** Runs statements that return nothing, several in one text. */
  execute(sql: string): void {
    this.guard('write project', () => this.database.exec(sql));
  }

  /** The single value of a PRAGMA, after setting it where the text says so. */
  pragma(text: string): unknown {
    return this.guard('read project', () => this.database.pragma(text, { simple: true }));
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private guard<T>(operation: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toDiskError(error, this.folder, operation);
    }
  }
}
