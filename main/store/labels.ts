/** Which classes a picture belongs to: one for single-label tasks, any number for multi-label ones. */

import { ensureClass } from './classes.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** Says of a picture that it belongs to these classes and to no others; from then on it counts as labelled. */
export function setLabels(db: WriteDb, imageId: number, classNames: readonly string[]): void {
  db.transaction(() => {
    db.prepare('DELETE FROM labels WHERE image_id = ?').run(imageId);
    for (const name of new Set(classNames)) {
      db.prepare('INSERT INTO labels (image_id, class_id) VALUES (?, ?)').run(imageId, ensureClass(db, name));
    }
    db.prepare('UPDATE images SET is_labelled = 1 WHERE id = ?').run(imageId);
  });
}

/** Class names of a picture, ascending. */
export function labelsOf(db: ReadDb, imageId: number): string[] {
  const rows = db
    .prepare('SELECT name FROM labels JOIN classes ON id = class_id WHERE image_id = ? ORDER BY name')
    .all(imageId) as { name: string }[];
  return rows.map((row) => row.name);
}
