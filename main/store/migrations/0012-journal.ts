/**
 * What the journals need so that taking back one edit never overwrites another made since.
 * edit_changes: a row for each row that an edit of many images has changed. part: what of it, as main/store/edit-journal.ts
 * names it; key_json: which row; before_json, after_json: the part's values, NULL where there was, or is, no such row.
 * edits.is_closed: of before this version, which kept no values from after the edit: it stays for the history alone.
 * gestures.classes_json: ids of the classes that the changes name, so that renaming a class leaves them true.
 * merged_classes: which class the objects of one that is gone were given to, so that older changes still find them.
 * last_class: the highest id of a class there ever was, so that none is given twice.
 */

import type { Migration } from './migrations.ts';

export const journal: Migration = {
  name: '0012-journal',
  sql: `
    ALTER TABLE edits ADD COLUMN is_closed INTEGER NOT NULL DEFAULT 0 CHECK (is_closed IN (0, 1));
    UPDATE edits SET is_closed = 1;
    CREATE TABLE changes_before AS SELECT id, edit_id, table_name, image_id FROM edit_changes;
    DROP TABLE edit_changes;
    CREATE TABLE edit_changes (
      id INTEGER PRIMARY KEY,
      edit_id INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
      part TEXT NOT NULL,
      key_json TEXT NOT NULL CHECK (json_valid(key_json)),
      before_json TEXT CHECK (json_valid(before_json)),
      after_json TEXT CHECK (json_valid(after_json)),
      image_id INTEGER
    ) STRICT;
    INSERT INTO edit_changes (id, edit_id, part, key_json, image_id)
      SELECT id, edit_id, table_name, '[]', image_id FROM changes_before;
    DROP TABLE changes_before;
    CREATE INDEX edit_changes_by_edit ON edit_changes (edit_id);
    CREATE INDEX edit_changes_by_image ON edit_changes (image_id, edit_id) WHERE image_id IS NOT NULL;

    ALTER TABLE gestures ADD COLUMN classes_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(classes_json));
    CREATE TABLE merged_classes (
      class_id INTEGER PRIMARY KEY,
      into_id INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE last_class (id INTEGER NOT NULL) STRICT;
    INSERT INTO last_class SELECT coalesce(max(id), 0) FROM classes;
    CREATE TRIGGER class_made AFTER INSERT ON classes BEGIN
      UPDATE last_class SET id = max(id, new.id);
    END;
  `,
};
