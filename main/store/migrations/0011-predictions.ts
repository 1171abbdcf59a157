/**
 * What trained models say of images: the newest answer of each run for each image.
 * found_json: for objects [[class, score, x0, y0, x1, y1, polygon or null] …] in pixels of the upright image, best first; for classes
 * [[class, probability] …].
 * settled_json: places in it that a person has accepted or rejected, ascending.
 * entropy01, closeness01, disagreement01: how unsure the model is, and how far it is from another run's answer; higher is
 * to be looked at first, NULL where no other run has answered.
 */

import type { Migration } from './migrations.ts';

export const predictions: Migration = {
  name: '0011-predictions',
  sql: `
    CREATE TABLE predictions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
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
    CREATE INDEX predictions_by_image ON predictions (image_id, id);
  `,
};
