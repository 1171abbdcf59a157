/** The class names of a project. */

import type { ReadDb, WriteDb } from './db.ts';

/** The id of a class, which is made when the project has none of that name. */
export function ensureClass(db: WriteDb, name: string): number {
  const row = db
    .prepare('INSERT INTO classes (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id')
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
