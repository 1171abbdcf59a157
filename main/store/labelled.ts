/**
 * Whether an image counts as labelled. What is on it says so by itself: an object, a class, a review that it is done. With
 * nothing on it the last thing that was done to it and was not taken back decides, in whichever journal it is; without any it is
 * as it was before all of them. So it does not matter in which order things are taken back.
 */

import type { Review } from '../../preload/contract/review.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** States of review that say that somebody has labelled the image, be it with nothing. */
export const SAY_LABELLED: ReadonlySet<Review['state']> = new Set(['done', 'accepted']);
/** The same in SQL. */
export const DONE: string = `('${[...SAY_LABELLED].join("', '")}')`;

/** Whoever draws or names something has looked at the image, and so has who says that it is done. */
const GESTURE_SAYS = `EXISTS (
  SELECT 1 FROM json_each(changes_json) WHERE value ->> '$.type' IN ('object', 'labels')
    OR (value ->> '$.type' = 'review' AND value ->> '$.after.state' IN ${DONE}))`;

const EDIT_SAYS = `(part IN ('images.labelled', 'labels', 'annotations')
  OR (part = 'images.review' AND after_json ->> '$[0]' IN ${DONE}))`;

/** What was done last to the image of the query around it and was not taken back: 1 or 0 as it says; no row without any. */
const LAST_SAID = `
  SELECT says FROM (
    SELECT made_at_ms AS at_ms, 0 AS is_of_many, id, 1 AS says FROM gestures
    WHERE image_id = images.id AND state = 'done' AND ${GESTURE_SAYS}
    UNION ALL
    SELECT created_at_ms, 1, edits.id, min(part <> 'images.labelled' OR after_json = '[1]')
    FROM edit_changes JOIN edits ON edits.id = edit_id
    WHERE image_id = images.id AND is_undone = 0 AND ${EDIT_SAYS} GROUP BY edits.id
  ) ORDER BY at_ms DESC, is_of_many DESC, id DESC LIMIT 1`;

/** Before all that the journals know of; now, where nothing in them has to do with it. */
const AT_FIRST = `coalesce(
  (SELECT was_labelled FROM gestures WHERE id = (SELECT min(id) FROM gestures WHERE image_id = images.id)),
  (SELECT before_json ->> '$[0]' FROM edit_changes WHERE id =
    (SELECT min(id) FROM edit_changes WHERE image_id = images.id AND part = 'images.labelled')),
  is_labelled)`;

/** Of an image as if nothing had been done to it that can be taken back. */
export function isLabelledAtFirst(db: ReadDb, imageId: number): boolean {
  const row = db.prepare(`SELECT ${AT_FIRST} AS is_labelled FROM images WHERE id = ?`).get(imageId);
  return (row as { is_labelled: 0 | 1 }).is_labelled === 1;
}

const IS_ON_IT = `(review IN ${DONE} OR EXISTS (SELECT 1 FROM labels WHERE image_id = images.id)
  OR EXISTS (SELECT 1 FROM annotations WHERE image_id = images.id))`;

/** After something was taken back from images, or brought again. */
export function settleLabelled(db: WriteDb, imageIds: readonly number[]): void {
  const ids = JSON.stringify(imageIds);
  const these = 'id IN (SELECT value FROM json_each(?))';
  db.prepare(`UPDATE images SET is_labelled = 1 WHERE ${these} AND is_labelled = 0 AND ${IS_ON_IT}`).run(ids);
  db.prepare(`
    UPDATE images SET is_labelled = coalesce((${LAST_SAID}), ${AT_FIRST})
    WHERE ${these} AND NOT ${IS_ON_IT}`).run(ids);
}
