/**
 * What finding, sorting and changing images needs: colours of classes, tags, fingerprints of what images look like,
 * edits that can be taken back, and an index for everything that is filtered or sorted by.
 * color: NULL for one by the class's place among the others.
 * bits: a perceptual hash of 64 bits in hexadecimal; images that look alike differ in few of them.
 * edit_changes: a row for each row that an edit has changed: what it held before ('update'), the row itself ('delete'), or
 * its key ('insert'), as a JSON list of the columns that main/store/edits.ts names.
 */

import type { Migration } from './migrations.ts';

export const browsing: Migration = {
  name: '0005-browsing',
  sql: `
    ALTER TABLE classes ADD COLUMN color TEXT CHECK (color IS NULL OR (length(color) = 7 AND substr(color, 1, 1) = '#'));

    CREATE TABLE tags (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE image_tags (
      image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
      tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
      PRIMARY KEY (image_id, tag_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX image_tags_by_tag ON image_tags (tag_id);

    CREATE TABLE fingerprints (
      image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
      bits TEXT NOT NULL CHECK (length(bits) = 16)
    ) STRICT;

    CREATE TABLE edits (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      title TEXT NOT NULL,
      is_undone INTEGER NOT NULL DEFAULT 0 CHECK (is_undone IN (0, 1)),
      created_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE edit_changes (
      id INTEGER PRIMARY KEY,
      edit_id INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
      table_name TEXT NOT NULL,
      change TEXT NOT NULL CHECK (change IN ('insert', 'update', 'delete')),
      row_json TEXT NOT NULL CHECK (json_valid(row_json))
    ) STRICT;
    CREATE INDEX edit_changes_by_edit ON edit_changes (edit_id);

    CREATE INDEX images_by_name ON images (source_url);
    CREATE INDEX images_by_pixels ON images (width_px * height_px);
    CREATE INDEX images_by_bytes ON images (size_bytes);
    CREATE INDEX images_by_split ON images (split);
    CREATE INDEX images_by_labelled ON images (is_labelled);
  `,
};
