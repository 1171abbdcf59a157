/** How long an epoch's training waited for images; unknown for epochs of before. */

import type { Migration } from './migrations.ts';

export const dataWait: Migration = {
  name: '0002-data-wait',
  sql: 'ALTER TABLE epochs ADD COLUMN data_wait_seconds REAL',
};
