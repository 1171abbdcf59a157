/**
 * How far an image is on its way from being labelled to being trusted, and what that took.
 * review: `done` says who labelled it, `accepted` and `rejected` who looked at it afterwards.
 * labelling_ms: how long people had the image open and were at work on it.
 * edit_changes.image_id: the image a changed row belongs to, so that its history tells of edits of many images too.
 */

import type { Migration } from './migrations.ts';

export const review: Migration = {
  name: '0009-review',
  sql: `
    ALTER TABLE images ADD COLUMN review TEXT NOT NULL DEFAULT 'to-do'
      CHECK (review IN ('to-do', 'done', 'accepted', 'rejected'));
    ALTER TABLE images ADD COLUMN review_note TEXT NOT NULL DEFAULT '';
    ALTER TABLE images ADD COLUMN labelling_ms INTEGER NOT NULL DEFAULT 0 CHECK (labelling_ms >= 0);
    CREATE INDEX images_by_review ON images (review, id);
    CREATE INDEX images_by_time ON images (labelling_ms);

    ALTER TABLE edits ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
    ALTER TABLE edit_changes ADD COLUMN image_id INTEGER;
    CREATE INDEX edit_changes_by_image ON edit_changes (image_id, edit_id) WHERE image_id IS NOT NULL;
  `,
};
