/**
 * The journal of what people and models did to an image, so that undo survives a restart and a history tells who did what.
 * changes_json: what each change found and what it left, objects whole.
 * was_labelled: whether the image counted as labelled before.
 * state: `undone` can be done again; `dropped` was undone before something else was done, and stays for the history.
 */

import type { Migration } from './migrations.ts';

export const gestures: Migration = {
  name: '0006-gestures',
  sql: `
    CREATE TABLE gestures (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      changes_json TEXT NOT NULL CHECK (json_valid(changes_json)),
      was_labelled INTEGER NOT NULL CHECK (was_labelled IN (0, 1)),
      made_by TEXT NOT NULL,
      made_at_ms INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'dropped'))
    ) STRICT;
    CREATE INDEX gestures_by_image ON gestures (image_id, state, id);
  `,
};
