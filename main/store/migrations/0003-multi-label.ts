/**
 * Images with any number of labels. An image without a class may be a negative, which says of every class that it is
 * not there, or one that nobody has labelled yet: `is_labelled` tells them apart. Every image of before came labelled.
 * thresholds_json: per class of the head, from which probability on a run's kept model says yes; NULL where one class an
 * image is the rule.
 */

import type { Migration } from './migrations.ts';

export const multiLabel: Migration = {
  name: '0003-multi-label',
  sql: `
    ALTER TABLE images ADD COLUMN is_labelled INTEGER NOT NULL DEFAULT 0 CHECK (is_labelled IN (0, 1));
    UPDATE images SET is_labelled = 1 WHERE id IN (SELECT image_id FROM labels);
    ALTER TABLE runs ADD COLUMN thresholds_json TEXT CHECK (json_valid(thresholds_json));
  `,
};
