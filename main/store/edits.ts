/**
 * Edits of many images that a person can take back, in order, also after a restart. What was changed since, on the canvas
 * or by anybody else, is left as it is, and told.
 */

import type { LeftAlone, TurnedEdit } from '../../preload/contract/data.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { Author } from '../author.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { type JournalledChange, journalled, journalOf, turn } from './edit-journal.ts';
import { knownImage } from './images.ts';

/** About 100 bytes each: older edits are forgotten beyond it. */
const MOST_CHANGES = 2_000_000;

/** What can be taken back and what brought again, in words; null where there is nothing. */
export interface EditHistory {
  readonly undo: string | null;
  readonly redo: string | null;
}

/**
 * Makes an edit in one transaction and writes down how to take it back; what was undone before can then no longer be
 * redone. Returns the edit's id; null for one that changes nothing, which leaves no trace.
 */
export function recordEdit(
  db: WriteDb,
  title: string,
  { made_by, made_at_ms }: Author,
  work: () => void,
): number | null {
  return db.transaction(() => {
    const { id } = db
      .prepare('INSERT INTO edits (title, made_by, created_at_ms) VALUES (?, ?, ?) RETURNING id')
      .get(title, made_by, made_at_ms) as { id: number };
    journalled(db, id, work);
    if (changeCount(db, id) === 0) {
      db.prepare('DELETE FROM edits WHERE id = ?').run(id);
      return null;
    }
    db.prepare('DELETE FROM edits WHERE is_undone = 1').run();
    forgetOldest(db, id);
    return id;
  });
}

const OPEN_EDITS = 'SELECT id, title FROM edits WHERE is_undone = 0 AND is_closed = 0';
const NEXT_UNDO = `${OPEN_EDITS} ORDER BY id DESC LIMIT 1`;
const NEXT_REDO = 'SELECT id, title FROM edits WHERE is_undone = 1 AND is_closed = 0 ORDER BY id LIMIT 1';

/**
 * Takes the latest edit back; null when there is none.
 * Errors: edit-conflict when nothing of it can be, as when a class has the name by now that another had.
 */
export const undoEdit = (db: WriteDb): TurnedEdit | null => turnEdit(db, nextOf(db, NEXT_UNDO), 1);

/**
 * Takes that one edit back; null when it was taken back already, or is forgotten. Edits go in order, so that each finds
 * what it left.
 * Errors: edit-conflict when another was made since, which is named; as `undoEdit`.
 */
export function undoEditOf(db: WriteDb, id: number): TurnedEdit | null {
  const own = db.prepare(`${OPEN_EDITS} AND id = ?`).get(id) as Edit | undefined;
  if (own === undefined) return null;
  const latest = nextOf(db, NEXT_UNDO)!;
  if (latest.id === id) return turnEdit(db, own, 1);
  const message = `"${own.title}" cannot be taken back yet: "${latest.title}" was done since; take that back first`;
  throw new AppError('edit-conflict', message, { edit: own.title, since: latest.title });
}

/** Brings the edit again that was taken back last; null when there is none. Errors: edit-conflict. */
export const redoEdit = (db: WriteDb): TurnedEdit | null => turnEdit(db, nextOf(db, NEXT_REDO), 0);

export function editHistory(db: ReadDb): EditHistory {
  return { undo: nextOf(db, NEXT_UNDO)?.title ?? null, redo: nextOf(db, NEXT_REDO)?.title ?? null };
}

interface Edit {
  readonly id: number;
  readonly title: string;
}

const nextOf = (db: ReadDb, which: string): Edit | null => (db.prepare(which).get() as Edit | undefined) ?? null;

function turnEdit(db: WriteDb, edit: Edit | null, isUndone: 0 | 1): TurnedEdit | null {
  if (edit === null) return null;
  try {
    const left = db.transaction(() => {
      // Rows that name each other come back one by one; whether all of them are there again is checked at the end.
      db.prepare('PRAGMA defer_foreign_keys = ON').run();
      const changes = journalOf(db, edit.id);
      db.prepare('UPDATE edits SET is_undone = ? WHERE id = ?').run(isUndone, edit.id);
      return turn(db, isUndone === 1 ? changes.toReversed().map(reversed) : changes);
    });
    return { title: edit.title, left: told(db, left) };
  } catch (error) {
    if (!String((error as { code?: string }).code).startsWith('SQLITE_CONSTRAINT')) throw error;
    const message = `"${edit.title}" cannot be taken back or brought again: what it concerns was changed since (${(error as Error).message})`;
    throw new AppError('edit-conflict', message, { edit: edit.title }, { cause: error });
  }
}

const reversed = (change: JournalledChange): JournalledChange => ({
  ...change,
  before: change.after,
  after: change.before,
});

/** What of images and classes was left alone, each kind with how many there are of it. */
function told(db: ReadDb, left: readonly JournalledChange[]): LeftAlone[] {
  return [...Map.groupBy(left, ({ part }) => KINDS[part]!)].map(([what, changes]) => {
    const images = [...new Set(changes.flatMap(({ image }) => image ?? []))];
    const image_names = images.slice(0, MOST_NAMES).map((id) => knownImage(db, id).source_url);
    return { what, count: changes.length, image_count: images.length, image_names };
  });
}

const MOST_NAMES = 3;

/** By the parts of the journal. */
const KINDS: Readonly<Record<string, LeftAlone['what']>> = {
  'images.split': 'split',
  'images.review': 'review',
  classes: 'class',
  'classes.name': 'class',
  'classes.color': 'class',
  merged_classes: 'class',
  labels: 'label',
  tags: 'tag',
  image_tags: 'tag',
  annotations: 'object',
  'annotations.class': 'object',
};

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
