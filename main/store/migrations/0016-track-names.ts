/**
 * What a source calls a track, so that an import that is repeated, or gone on with, finds the track it has begun.
 * name: NULL for a track that a person has begun; given once in a sequence.
 */

import type { Migration } from './migrations.ts';

export const trackNames: Migration = {
  name: '0016-track-names',
  sql: `
    ALTER TABLE tracks ADD COLUMN name TEXT;
    CREATE UNIQUE INDEX tracks_by_name ON tracks (sequence_id, name) WHERE name IS NOT NULL;
  `,
};
