/**
 * The objects of images, for detection and segmentation.
 * x0 … y1: the smallest box round the object in pixels of the upright image, origin top-left; of a box, the object itself.
 * geometry: NULL of a box; of a polygon JSON [part …], a part [outline, hole …], a ring [x, y, x, y …]; of a mask JSON
 * {"size": [height, width], "counts": COCO's compressed text}.
 * Ids are never given twice, so that a removed object can come back under its own.
 * labels: also for these tasks the classes an image has, kept by the triggers, so that counting and filtering images by
 * class costs the same whatever the task.
 */

import type { Migration } from './migrations.ts';

export const annotations: Migration = {
  name: '0004-annotations',
  sql: `
    CREATE TABLE annotations (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
      class_id INTEGER NOT NULL REFERENCES classes (id),
      kind TEXT NOT NULL CHECK (kind IN ('box', 'polygon', 'mask')),
      x0 REAL NOT NULL,
      y0 REAL NOT NULL,
      x1 REAL NOT NULL,
      y1 REAL NOT NULL,
      area_px2 REAL NOT NULL CHECK (area_px2 > 0),
      geometry TEXT CHECK (json_valid(geometry)),
      is_crowd INTEGER NOT NULL CHECK (is_crowd IN (0, 1)),
      is_difficult INTEGER NOT NULL CHECK (is_difficult IN (0, 1)),
      is_occluded INTEGER NOT NULL CHECK (is_occluded IN (0, 1)),
      is_truncated INTEGER NOT NULL CHECK (is_truncated IN (0, 1)),
      CHECK (x1 > x0 AND y1 > y0),
      CHECK ((kind = 'box') = (geometry IS NULL))
    ) STRICT;
    CREATE INDEX annotations_by_image ON annotations (image_id);
    CREATE INDEX annotations_by_class ON annotations (class_id, image_id);

    CREATE TRIGGER annotation_added AFTER INSERT ON annotations BEGIN
      INSERT OR IGNORE INTO labels (image_id, class_id) VALUES (new.image_id, new.class_id);
    END;
    CREATE TRIGGER annotation_removed AFTER DELETE ON annotations BEGIN
      DELETE FROM labels WHERE image_id = old.image_id AND class_id = old.class_id AND NOT EXISTS
        (SELECT 1 FROM annotations WHERE class_id = old.class_id AND image_id = old.image_id);
    END;
    CREATE TRIGGER annotation_reclassed AFTER UPDATE OF image_id, class_id ON annotations BEGIN
      INSERT OR IGNORE INTO labels (image_id, class_id) VALUES (new.image_id, new.class_id);
      DELETE FROM labels WHERE image_id = old.image_id AND class_id = old.class_id AND NOT EXISTS
        (SELECT 1 FROM annotations WHERE class_id = old.class_id AND image_id = old.image_id);
    END;
  `,
};
