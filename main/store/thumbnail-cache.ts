/**
 * Small pictures this machine has made, by the content of the image: one file for all projects, so that a project that
 * moves, or holds the same image, has them at once. Those unused for longest go when there are too many bytes.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { toDiskError } from './disk-errors.ts';

/** Room for some 100,000 pictures. */
const MOST_BYTES = 600 * 2 ** 20;
/** Evicting goes this far below, so that it is seldom. */
const KEPT_FRACTION = 0.9;
/** Uses are written down together. */
const USES_AT_ONCE = 500;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS thumbnails (
    sha256 TEXT PRIMARY KEY,
    bytes BLOB NOT NULL,
    used INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS thumbnails_by_use ON thumbnails (used);
  CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY CHECK (id = 1), used INTEGER NOT NULL, size_bytes INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO clock VALUES (1, 0, 0);
`;

export class ThumbnailCache {
  private readonly database: Database.Database;
  private readonly mostBytes: number;
  private readonly used = new Set<string>();

  /** `folder` is made if need be; a file there that is damaged is begun anew. Errors: folder-unwritable, disk-full. */
  constructor(folder: string, mostBytes: number = MOST_BYTES) {
    this.mostBytes = mostBytes;
    const path = join(folder, 'thumbnails.sqlite');
    try {
      mkdirSync(folder, { recursive: true });
      this.database = openOrBeginAnew(path);
    } catch (error) {
      throw toDiskError(error, folder, 'open the cache of small pictures');
    }
  }

  get(sha256: string): Uint8Array | null {
    const bytes = this.database.prepare('SELECT bytes FROM thumbnails WHERE sha256 = ?').pluck().get(sha256);
    if (bytes === undefined) return null;
    this.used.add(sha256);
    if (this.used.size >= USES_AT_ONCE) this.database.transaction(() => this.writeUses())();
    return bytes as Uint8Array;
  }

  /** Keeps a picture, and lets others go for it where need be. */
  put(sha256: string, bytes: Uint8Array): void {
    this.database.transaction(() => {
      this.writeUses();
      const { changes } = this.database
        .prepare('INSERT OR IGNORE INTO thumbnails SELECT ?, ?, used + 1 FROM clock')
        .run(sha256, bytes);
      if (changes === 1)
        this.database.prepare('UPDATE clock SET used = used + 1, size_bytes = size_bytes + ?').run(bytes.length);
      this.evict();
    })();
  }

  close(): void {
    this.database.transaction(() => this.writeUses())();
    this.database.close();
  }

  private writeUses(): void {
    if (this.used.size === 0) return;
    this.database.prepare('UPDATE clock SET used = used + 1').run();
    this.database
      .prepare('UPDATE thumbnails SET used = (SELECT used FROM clock) WHERE sha256 IN (SELECT value FROM json_each(?))')
      .run(JSON.stringify([...this.used]));
    this.used.clear();
  }

  private evict(): void {
    const size = this.database.prepare('SELECT size_bytes FROM clock').pluck().get() as number;
    if (size <= this.mostBytes) return;
    let excess = size - this.mostBytes * KEPT_FRACTION;
    const oldest = this.database
      .prepare('SELECT sha256, length(bytes) AS length FROM thumbnails ORDER BY used')
      .all() as {
      sha256: string;
      length: number;
    }[];
    const remove = this.database.prepare('DELETE FROM thumbnails WHERE sha256 = ?');
    for (const { sha256, length } of oldest) {
      if (excess <= 0) break;
      remove.run(sha256);
      excess -= length;
    }
    this.database
      .prepare('UPDATE clock SET size_bytes = (SELECT coalesce(sum(length(bytes)), 0) FROM thumbnails)')
      .run();
  }
}

function openOrBeginAnew(path: string): Database.Database {
  try {
    return open(path);
  } catch (error) {
    if (!/^SQLITE_(CORRUPT|NOTADB)/.test(String((error as { code?: string }).code))) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    return open(path);
  }
}

function open(path: string): Database.Database {
  const database = new Database(path, { timeout: 5_000 });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL'); // what a power cut takes is made again
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
