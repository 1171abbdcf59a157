/** Which classes a picture belongs to: one for single-label tasks, any number for multi-label ones. */

import type { ReadDb, WriteDb } from './db.ts';

/** Gives a picture a class; giving it again changes nothing. */
export function addLabel(db: WriteDb, imageId: number, classId: number): void {
  db.prepare('INSERT INTO labels (image_id, class_id) VALUES (?, ?) ON CONFLICT DO NOTHING').run(imageId, classId);
}

/** Class names of a picture, ascending. */
export function labelsOf(db: ReadDb, imageId: number): string[] {
  const rows = db
    .prepare('SELECT name FROM labels JOIN classes ON id = class_id WHERE image_id = ? ORDER BY name')
    .all(imageId) as { name: string }[];
  return rows.map((row) => row.name);
}
