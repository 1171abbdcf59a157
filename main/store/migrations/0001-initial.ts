/** The first schema: a project with labelled images, its imports, and its training runs with their curves. */

import type { Migration } from './migrations.ts';

export const initial: Migration = {
  name: '0001-initial',
  sql: `
    CREATE TABLE project (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      name TEXT NOT NULL,
      task TEXT NOT NULL CHECK (task IN ('image-classification', 'image-classification-multilabel',
                                         'image-object-detection', 'image-instance-segmentation')),
      created_at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE classes (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;

    -- path: relative to the project with forward slashes when copied, absolute when linked.
    -- source_url: what the import called the image, kept for round trips.
    -- width_px, height_px: of the upright picture, after EXIF orientation.
    CREATE TABLE images (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      storage TEXT NOT NULL CHECK (storage IN ('copied', 'linked')),
      source_url TEXT NOT NULL,
      sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
      size_bytes INTEGER NOT NULL,
      width_px INTEGER NOT NULL CHECK (width_px > 0),
      height_px INTEGER NOT NULL CHECK (height_px > 0),
      format TEXT NOT NULL,
      split TEXT CHECK (split IN ('train', 'validation', 'test')),
      created_at_ms INTEGER NOT NULL
    ) STRICT;

    -- Single-label tasks keep one row an image, multi-label tasks any number.
    CREATE TABLE labels (
      image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
      class_id INTEGER NOT NULL REFERENCES classes (id),
      PRIMARY KEY (image_id, class_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX labels_by_class ON labels (class_id);

    CREATE TABLE imports (
      id INTEGER PRIMARY KEY,
      source_path TEXT NOT NULL,
      format TEXT NOT NULL,
      report_json TEXT NOT NULL CHECK (json_valid(report_json)),
      finished_at_ms INTEGER NOT NULL
    ) STRICT;

    -- split_json: the image ids each part of the run saw; classes_json: class names in the order of the head.
    CREATE TABLE runs (
      id TEXT PRIMARY KEY,
      number INTEGER NOT NULL UNIQUE,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'cancelled', 'failed')),
      reason TEXT,
      model TEXT NOT NULL,
      device TEXT NOT NULL,
      params_json TEXT NOT NULL CHECK (json_valid(params_json)),
      notes_json TEXT NOT NULL CHECK (json_valid(notes_json)),
      primary_metric TEXT NOT NULL,
      seed INTEGER NOT NULL,
      classes_json TEXT NOT NULL CHECK (json_valid(classes_json)),
      split_json TEXT NOT NULL CHECK (json_valid(split_json)),
      weights_json TEXT CHECK (json_valid(weights_json)),
      created_at_ms INTEGER NOT NULL,
      started_at_ms INTEGER,
      finished_at_ms INTEGER
    ) STRICT;

    CREATE TABLE epochs (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      epoch INTEGER NOT NULL CHECK (epoch > 0),
      train_loss REAL NOT NULL,
      valid_loss REAL,
      learning_rate REAL NOT NULL,
      metrics_json TEXT NOT NULL CHECK (json_valid(metrics_json)),
      seconds REAL NOT NULL,
      images_per_second REAL NOT NULL,
      PRIMARY KEY (run_id, epoch)
    ) STRICT, WITHOUT ROWID;
  `,
};
