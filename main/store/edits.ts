/**
 * Edits that a person can take back, in order, also after a restart. While an edit is made, triggers of this connection
 * alone write down every row it changes, whatever changes it; to undo, the rows are put back in reverse order, which is
 * recorded in the same way and so can be redone. Imports and other writers pay nothing for it.
 */

import { AppError } from '../../preload/contract/errors.ts';
import type { Author } from '../author.ts';
import type { ReadDb, WriteDb } from './db.ts';

interface JournalledPart {
  readonly table: string;
  readonly key: readonly string[];
  /** What an update may change. */
  readonly columns: readonly string[];
  /** The column that names the image a row belongs to, whose history tells of the edit; null where it is of none. */
  readonly image: string | null;
}

/**
 * By the name under which the journal has them; rows of other tables cannot be part of an edit. What changes independently
 * of each other is journalled apart, so that taking back one leaves the other as it is.
 */
const PARTS: Readonly<Record<string, JournalledPart>> = {
  images: { table: 'images', key: ['id'], columns: ['split', 'is_labelled'], image: 'id' },
  reviews: { table: 'images', key: ['id'], columns: ['review', 'review_note'], image: 'id' },
  classes: { table: 'classes', key: ['id'], columns: ['name', 'color'], image: null },
  labels: { table: 'labels', key: ['image_id', 'class_id'], columns: [], image: 'image_id' },
  tags: { table: 'tags', key: ['id'], columns: ['name'], image: null },
  image_tags: { table: 'image_tags', key: ['image_id', 'tag_id'], columns: [], image: 'image_id' },
  annotations: {
    table: 'annotations',
    key: ['id'],
    image: 'image_id',
    columns: [
      ...['image_id', 'class_id', 'kind', 'x0', 'y0', 'x1', 'y1', 'area_px2', 'geometry'],
      ...['is_crowd', 'is_difficult', 'is_occluded', 'is_truncated'],
    ],
  },
};

/** Images come with an import and are never part of an edit themselves. */
const FIXED_ROWS: ReadonlySet<string> = new Set(['images', 'reviews']);

/** About 100 bytes each: older edits are forgotten beyond it. */
const MOST_CHANGES = 2_000_000;

/** What can be taken back and what brought again, in words; null where there is nothing. */
export interface EditHistory {
  readonly undo: string | null;
  readonly redo: string | null;
}

/**
 * Makes an edit in one transaction and writes down how to take it back; what was undone before can then no longer be
 * redone. An edit that changes nothing leaves no trace. Returns what `work` returns.
 */
export function recordEdit<T>(db: WriteDb, title: string, { made_by, made_at_ms }: Author, work: () => T): T {
  return db.transaction(() => {
    const { id } = db
      .prepare('INSERT INTO edits (title, made_by, created_at_ms) VALUES (?, ?, ?) RETURNING id')
      .get(title, made_by, made_at_ms) as { id: number };
    const result = recorded(db, id, work);
    if (changeCount(db, id) === 0) db.prepare('DELETE FROM edits WHERE id = ?').run(id);
    else {
      db.prepare('DELETE FROM edits WHERE is_undone = 1').run();
      forgetOldest(db, id);
    }
    return result;
  });
}

/**
 * Takes the latest edit back. Returns its title; null when there is none.
 * Errors: edit-conflict when other writers have changed what it concerns so that it cannot be.
 */
export function undoEdit(db: WriteDb): string | null {
  return turnBack(db, 'SELECT id, title FROM edits WHERE is_undone = 0 ORDER BY id DESC LIMIT 1', 1);
}

/** Brings the edit again that was taken back last. Returns its title; null when there is none. Errors: edit-conflict. */
export function redoEdit(db: WriteDb): string | null {
  return turnBack(db, 'SELECT id, title FROM edits WHERE is_undone = 1 ORDER BY id LIMIT 1', 0);
}

export function editHistory(db: ReadDb): EditHistory {
  const title = (sql: string) => (db.prepare(sql).get() as { title: string } | undefined)?.title ?? null;
  return {
    undo: title('SELECT title FROM edits WHERE is_undone = 0 ORDER BY id DESC LIMIT 1'),
    redo: title('SELECT title FROM edits WHERE is_undone = 1 ORDER BY id LIMIT 1'),
  };
}

interface Edit {
  readonly id: number;
  readonly title: string;
}

function turnBack(db: WriteDb, which: string, isUndone: 0 | 1): string | null {
  const edit = db.prepare(which).get() as Edit | undefined;
  if (edit === undefined) return null;
  try {
    putAllBack(db, edit, isUndone);
    return edit.title;
  } catch (error) {
    if (!String((error as { code?: string }).code).startsWith('SQLITE_CONSTRAINT')) throw error;
    const message = `"${edit.title}" cannot be taken back or brought again: what it concerns was changed since (${(error as Error).message})`;
    throw new AppError('edit-conflict', message, { edit: edit.title }, { cause: error });
  }
}

/** Puts the rows of an edit back; what that changes becomes the way forward again. */
function putAllBack(db: WriteDb, edit: Edit, isUndone: 0 | 1): void {
  db.transaction(() => {
    const changes = db
      .prepare('SELECT id, table_name, change, row_json FROM edit_changes WHERE edit_id = ? ORDER BY id DESC')
      .all(edit.id) as Change[];
    db.prepare('DELETE FROM edit_changes WHERE edit_id = ?').run(edit.id);
    // Rows that name each other come back one by one; whether all of them are there again is checked at the end.
    db.prepare('PRAGMA defer_foreign_keys = ON').run();
    recorded(db, edit.id, () => {
      for (const change of changes) putBack(db, change);
    });
    db.prepare('UPDATE edits SET is_undone = ? WHERE id = ?').run(isUndone, edit.id);
  });
}

interface Change {
  readonly table_name: string;
  readonly change: 'insert' | 'update' | 'delete';
  readonly row_json: string;
}

function putBack(db: WriteDb, { table_name, change, row_json }: Change): void {
  const { table: name, key, columns } = PARTS[table_name]!;
  const row = JSON.parse(row_json) as (string | number | null)[];
  const isRow = key.map((column) => `${column} = ?`).join(' AND ');
  switch (change) {
    case 'insert':
      db.prepare(`DELETE FROM ${name} WHERE ${isRow}`).run(...row.slice(0, key.length));
      break;
    case 'delete': {
      const places = [...key, ...columns].map(() => '?').join(', ');
      // A label may be there already: those of annotations come and go with them.
      db.prepare(`INSERT OR IGNORE INTO ${name} (${[...key, ...columns].join(', ')}) VALUES (${places})`).run(...row);
      break;
    }
    case 'update': {
      const sets = columns.map((column) => `${column} = ?`).join(', ');
      db.prepare(`UPDATE ${name} SET ${sets} WHERE ${isRow}`).run(
        ...row.slice(key.length),
        ...row.slice(0, key.length),
      );
      break;
    }
    default:
      change satisfies never;
  }
}

/** Runs `work` with every change of a row written down under an edit. */
function recorded<T>(db: WriteDb, edit: number, work: () => T): T {
  db.prepare('CREATE TEMP TABLE IF NOT EXISTS edit_in_progress (id INTEGER)').run();
  db.prepare('DELETE FROM temp.edit_in_progress').run();
  db.prepare('INSERT INTO temp.edit_in_progress (id) VALUES (?)').run(edit);
  for (const { sql } of TRIGGERS) db.prepare(sql).run();
  try {
    return work();
  } finally {
    for (const { name } of TRIGGERS) db.prepare(`DROP TRIGGER temp.${name}`).run();
  }
}

function triggersOf(part: string, { table, key, columns, image }: JournalledPart): { name: string; sql: string }[] {
  const list = (of: 'old' | 'new', names: readonly string[]) =>
    `json_array(${names.map((name) => `${of}.${name}`).join(', ')})`;
  const trigger = (change: Change['change'], when: string, row: string) => ({
    name: `journal_${part}_${change}`,
    sql: `
      CREATE TEMP TRIGGER journal_${part}_${change} AFTER ${when} BEGIN
        INSERT INTO edit_changes (edit_id, table_name, change, row_json, image_id)
        VALUES ((SELECT id FROM edit_in_progress), '${part}', '${change}', ${row},
                ${image === null ? 'NULL' : `${change === 'insert' ? 'new' : 'old'}.${image}`});
      END`,
  });
  const differs = columns.map((column) => `old.${column} IS NOT new.${column}`).join(' OR ');
  const update = trigger(
    'update',
    `UPDATE OF ${columns.join(', ')} ON main.${table} WHEN ${differs}`,
    list('old', [...key, ...columns]),
  );
  return [
    ...(columns.length > 0 ? [update] : []),
    ...(FIXED_ROWS.has(part)
      ? []
      : [
          trigger('insert', `INSERT ON main.${table}`, list('new', key)),
          trigger('delete', `DELETE ON main.${table}`, list('old', [...key, ...columns])),
        ]),
  ];
}

const TRIGGERS = Object.entries(PARTS).flatMap(([name, part]) => triggersOf(name, part));

function changeCount(db: ReadDb, edit: number): number {
  const row = db.prepare('SELECT count(*) AS changes FROM edit_changes WHERE edit_id = ?').get(edit) as {
    changes: number;
  };
  return row.changes;
}

/** The edit that was just made stays, however large. */
function forgetOldest(db: WriteDb, latest: number): void {
  for (;;) {
    const { changes } = db.prepare('SELECT count(*) AS changes FROM edit_changes').get() as { changes: number };
    if (changes <= MOST_CHANGES) return;
    const { changes: forgotten } = db
      .prepare('DELETE FROM edits WHERE id = (SELECT min(id) FROM edits) AND id < ?')
      .run(latest);
    if (forgotten === 0) return;
  }
}
