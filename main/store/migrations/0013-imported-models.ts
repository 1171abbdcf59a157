/**
 * Answers of models that are no runs: `run_id` is the id of a run, or of a model in the project's folder `models`, which the
 * database does not know.
 */

import type { Migration } from './migrations.ts';

export const importedModels: Migration = {
  name: '0013-imported-models',
  sql: `
    CREATE TABLE predictions_of_any (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL,
      image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
      made_at_ms INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('objects', 'classes')),
      found_json TEXT NOT NULL CHECK (json_valid(found_json)),
      settled_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(settled_json)),
      entropy01 REAL NOT NULL,
      closeness01 REAL NOT NULL,
      disagreement01 REAL,
      UNIQUE (run_id, image_id)
    ) STRICT;
    INSERT INTO predictions_of_any (id, run_id, image_id, made_at_ms, kind, found_json, settled_json, entropy01, closeness01,
      disagreement01)
    SELECT id, run_id, image_id, made_at_ms, kind, found_json, settled_json, entropy01, closeness01, disagreement01
    FROM predictions;
    DROP TABLE predictions;
    ALTER TABLE predictions_of_any RENAME TO predictions;
    CREATE INDEX predictions_by_image ON predictions (image_id, id);
  `,
};
