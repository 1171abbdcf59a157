/** The classes of a project: their names, and changes of one with all that has it. */

import { AppError } from '../../preload/contract/errors.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { DONE } from './labelled.ts';

/** The id of a class, which is made when the project has none of that name; it never had that id before. */
export function ensureClass(db: WriteDb, name: string): number {
  const row = db
    .prepare(`
      INSERT INTO classes (id, name) VALUES ((SELECT 1 + id FROM last_class), ?)
      ON CONFLICT (name) DO UPDATE SET name = name RETURNING id`)
    .get(name) as { id: number };
  return row.id;
}

/** Names ascending by code point: the order of the labels in a model's head and in a bundle. */
export function classNames(db: ReadDb): string[] {
  const rows = db.prepare('SELECT name FROM classes ORDER BY name').all() as { name: string }[];
  return rows.map((row) => row.name);
}

/** Labelled images per class, ascending by name, classes without an image included. */
export function classCounts(db: ReadDb): Record<string, number> {
  const rows = db
    .prepare(`
      SELECT name, count(image_id) AS images
      FROM classes LEFT JOIN labels ON class_id = classes.id
      GROUP BY classes.id ORDER BY name`)
    .all() as { name: string; images: number }[];
  return Object.fromEntries(rows.map((row) => [row.name, row.images]));
}

/** Told apart on light and dark pictures alike; a class without a colour of its own has one by its place. */
const COLORS = [
  ...['#e6194b', '#3cb44b', '#ffe119', '#4363d8', '#f58231', '#911eb4', '#46f0f0', '#f032e6', '#bcf60c', '#fabebe'],
  ...['#008080', '#e6beff', '#9a6324', '#fffac8', '#800000', '#aaffc3', '#808000', '#ffd8b1', '#000075', '#a9a9a9'],
];

/** The colour of a class that nobody gave one. */
export function colorOf(id: number): string {
  return COLORS[(id - 1) % COLORS.length]!;
}

/** The colour of every class, by its name. */
export function classColors(db: ReadDb): ReadonlyMap<string, string> {
  const rows = db.prepare('SELECT id, name, color FROM classes').all() as ClassColor[];
  return new Map(rows.map(({ id, name, color }) => [name, color ?? colorOf(id)]));
}

interface ClassColor {
  readonly id: number;
  readonly name: string;
  /** Null where nobody gave it one. */
  readonly color: string | null;
}

/**
 * The id of a class by its name.
 * Errors: class-not-found.
 */
export function classId(db: ReadDb, name: string): number {
  const row = db.prepare('SELECT id FROM classes WHERE name = ?').get(name) as { id: number } | undefined;
  if (row !== undefined) return row.id;
  throw new AppError('class-not-found', `there is no class "${name}" in this project`, { class: name });
}

/** The ids of those of these classes that there are, by name. */
export function classIds(db: ReadDb, names: readonly string[]): Record<string, number> {
  const rows = db
    .prepare('SELECT name, id FROM classes WHERE name IN (SELECT value FROM json_each(?))')
    .all(JSON.stringify(names)) as { name: string; id: number }[];
  return Object.fromEntries(rows.map(({ name, id }) => [name, id]));
}

/** Errors: duplicate-name when the project has a class of that name. */
export function addClass(db: WriteDb, name: string): void {
  refuseTaken(db, name);
  ensureClass(db, name);
}

/** Errors: class-not-found; duplicate-name, where merging is meant. */
export function renameClass(db: WriteDb, name: string, to: string): void {
  const id = classId(db, name);
  if (to === name) return;
  refuseTaken(db, to);
  db.prepare('UPDATE classes SET name = ? WHERE id = ?').run(to, id);
}

/** Errors: class-not-found. */
export function recolourClass(db: WriteDb, name: string, color: string): void {
  db.prepare('UPDATE classes SET color = ? WHERE id = ?').run(color, classId(db, name));
}

/** Gives what has one class another, and removes the first. Errors: class-not-found. */
export function mergeClass(db: WriteDb, name: string, into: string): void {
  const [from, to] = [classId(db, name), classId(db, into)];
  if (from === to) return;
  db.prepare('UPDATE annotations SET class_id = ? WHERE class_id = ?').run(to, from);
  db.prepare('INSERT OR IGNORE INTO labels (image_id, class_id) SELECT image_id, ? FROM labels WHERE class_id = ?').run(
    to,
    from,
  );
  db.prepare('DELETE FROM labels WHERE class_id = ?').run(from);
  db.prepare('DELETE FROM classes WHERE id = ?').run(from);
  db.prepare('INSERT INTO merged_classes (class_id, into_id) VALUES (?, ?)').run(from, to);
}

/**
 * What a class is called now, or the one it was merged into, be it in several steps; null where it is gone.
 * Classes that were merged are followed only as long as they are gone: a merge that is taken back counts no longer.
 */
export function presentName(db: ReadDb, id: number): string | null {
  const row = db
    .prepare(`
      WITH RECURSIVE way (id) AS (
        SELECT ? UNION
        SELECT into_id FROM way JOIN merged_classes ON class_id = way.id)
      SELECT name FROM way JOIN classes ON classes.id = way.id`)
    .get(id) as { name: string } | undefined;
  return row?.name ?? null;
}

/**
 * Removes a class with its labels and objects. With `unlabels`, images that have no other class are not labelled any more, nor
 * done or accepted: where each image has one, to have none says nothing.
 * Errors: class-not-found.
 */
export function deleteClass(db: WriteDb, name: string, unlabels: boolean): void {
  const id = classId(db, name);
  if (unlabels) {
    db.prepare(`
      UPDATE images SET is_labelled = 0, review = iif(review IN ${DONE}, 'to-do', review)
      WHERE id IN (SELECT image_id FROM labels WHERE class_id = ?) AND NOT EXISTS (SELECT 1 FROM labels WHERE image_id = images.id AND class_id <> ?)`).run(
      id,
      id,
    );
  }
  db.prepare('DELETE FROM annotations WHERE class_id = ?').run(id);
  db.prepare('DELETE FROM labels WHERE class_id = ?').run(id);
  db.prepare('DELETE FROM classes WHERE id = ?').run(id);
}

function refuseTaken(db: ReadDb, name: string): void {
  if (db.prepare('SELECT 1 FROM classes WHERE name = ?').get(name) === undefined) return;
  throw new AppError('duplicate-name', `there is a class "${name}" already`, { class: name });
}
