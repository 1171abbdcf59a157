/**
 * Whose work an object is, so that what no person has drawn can be told from the rest.
 * source: `model` for an accepted proposal, `interpolated` for one worked out between others; NULL for what a person has
 * drawn, or changed since, and for what an import brought.
 */

import type { Migration } from './migrations.ts';

export const labelSource: Migration = {
  name: '0014-label-source',
  sql: `
    ALTER TABLE annotations ADD COLUMN source TEXT CHECK (source IN ('model', 'interpolated'));
  `,
};
