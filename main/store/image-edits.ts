/** Changes of many images at once, each a statement or three, whatever their number. */

import type { Review } from '../../preload/contract/review.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import { ensureClass } from './classes.ts';
import type { ReadDb, WriteDb } from './db.ts';

const THESE = '(SELECT value FROM json_each(?))';

/** Puts images in a part of the data; null leaves that to each run. */
export function setSplit(db: WriteDb, ids: readonly number[], split: Split | null): void {
  db.prepare(`UPDATE images SET split = ? WHERE id IN ${THESE} AND split IS NOT ?`).run(
    split,
    JSON.stringify(ids),
    split,
  );
}

/** Says of images that they have these classes: besides others, or no others. */
export function addClasses(db: WriteDb, ids: readonly number[], names: readonly string[], replace: boolean): void {
  const text = JSON.stringify(ids);
  const classes = JSON.stringify(names.map((name) => ensureClass(db, name)));
  if (replace)
    db.prepare(`DELETE FROM labels WHERE image_id IN ${THESE} AND class_id NOT IN ${THESE}`).run(text, classes);
  db.prepare(`
    INSERT OR IGNORE INTO labels (image_id, class_id)
    SELECT images.id, classes.id FROM images, classes WHERE images.id IN ${THESE} AND classes.id IN ${THESE}`).run(
    text,
    classes,
  );
  markLabelled(db, text);
}

/** Says of images that they do not have these classes; they count as labelled all the same. */
export function removeClasses(db: WriteDb, ids: readonly number[], names: readonly string[]): void {
  const text = JSON.stringify(ids);
  db.prepare(`
    DELETE FROM labels WHERE image_id IN ${THESE} AND class_id IN (SELECT id FROM classes WHERE name IN ${THESE})`).run(
    text,
    JSON.stringify(names),
  );
  markLabelled(db, text);
}

/** Takes every label, object and review off images, as if nobody had looked at them. */
export function unlabel(db: WriteDb, ids: readonly number[]): void {
  const text = JSON.stringify(ids);
  db.prepare(`DELETE FROM annotations WHERE image_id IN ${THESE}`).run(text);
  db.prepare(`DELETE FROM labels WHERE image_id IN ${THESE}`).run(text);
  setReviews(db, ids, { state: 'to-do', note: '' }, false);
  db.prepare(`UPDATE images SET is_labelled = 0 WHERE id IN ${THESE} AND is_labelled = 1`).run(text);
}

/** Says of images how far they are. `marksLabelled`: which says that they are labelled, too, be it with nothing. */
export function setReviews(db: WriteDb, ids: readonly number[], review: Review, marksLabelled: boolean): void {
  const { state, note } = review;
  const text = JSON.stringify(ids);
  db.prepare(`
    UPDATE images SET review = ?, review_note = ? WHERE id IN ${THESE} AND (review <> ? OR review_note <> ?)`).run(
    ...[state, note, text, state, note],
  );
  if (marksLabelled) markLabelled(db, text);
}

/** How many of these images have no class. */
export function classlessCount(db: ReadDb, ids: readonly number[]): number {
  const row = db
    .prepare(`
      SELECT count(*) AS images FROM images
      WHERE id IN ${THESE} AND NOT EXISTS (SELECT 1 FROM labels WHERE image_id = images.id)`)
    .get(JSON.stringify(ids)) as { images: number };
  return row.images;
}

export function addTag(db: WriteDb, ids: readonly number[], tag: string): void {
  db.prepare('INSERT OR IGNORE INTO tags (name) VALUES (?)').run(tag);
  db.prepare(`
    INSERT OR IGNORE INTO image_tags (image_id, tag_id)
    SELECT images.id, tags.id FROM images, tags WHERE images.id IN ${THESE} AND tags.name = ?`).run(
    JSON.stringify(ids),
    tag,
  );
}

/** A tag that no image has is gone. */
export function removeTag(db: WriteDb, ids: readonly number[], tag: string): void {
  db.prepare(`DELETE FROM image_tags WHERE image_id IN ${THESE} AND tag_id = (SELECT id FROM tags WHERE name = ?)`).run(
    JSON.stringify(ids),
    tag,
  );
  db.prepare('DELETE FROM tags WHERE name = ? AND id NOT IN (SELECT tag_id FROM image_tags)').run(tag);
}

function markLabelled(db: WriteDb, ids: string): void {
  db.prepare(`UPDATE images SET is_labelled = 1 WHERE id IN ${THESE} AND is_labelled = 0`).run(ids);
}
