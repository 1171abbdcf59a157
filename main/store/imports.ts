/** What was imported, when, and the report each import ended in. */

import type { ReadDb, WriteDb } from './db.ts';

export interface ImportRecord {
  readonly source_path: string;
  readonly format: string;
  readonly report: unknown;
  readonly finished_at_ms: number;
}

/** Keeps the report of an import that has ended. */
export function addImport(db: WriteDb, record: ImportRecord): void {
  db.prepare('INSERT INTO imports (source_path, format, report_json, finished_at_ms) VALUES (?, ?, ?, ?)').run(
    record.source_path,
    record.format,
    JSON.stringify(record.report),
    record.finished_at_ms,
  );
}

/** Every import, oldest first. */
export function imports(db: ReadDb): ImportRecord[] {
  const rows = db.prepare('SELECT * FROM imports ORDER BY id').all() as {
    source_path: string;
    format: string;
    report_json: string;
    finished_at_ms: number;
  }[];
  return rows.map(({ source_path, format, report_json, finished_at_ms }) => ({
    source_path,
    format,
    report: JSON.parse(report_json),
    finished_at_ms,
  }));
}
