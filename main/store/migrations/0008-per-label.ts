/** What every class of objects was worth in each epoch; unknown for epochs of before. */

import type { Migration } from './migrations.ts';

export const perLabel: Migration = {
  name: '0008-per-label',
  sql: 'ALTER TABLE epochs ADD COLUMN per_label_json TEXT CHECK (per_label_json IS NULL OR json_valid(per_label_json))',
};
