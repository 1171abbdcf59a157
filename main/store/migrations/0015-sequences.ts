/**
 * Frames of videos and of picture sequences, and boxes that are one object from frame to frame.
 * source: what was imported and how, by which an import that is repeated goes on with its sequence.
 * frames_per_s: of the numbers; NULL where the source does not say.
 * number: the frame's place in its source, from 0; frames that were left out leave gaps.
 * track_role: `key` was set by somebody; `end` as well, and the object is gone after it; `between` was filled in from the key
 * frames round it.
 */

import type { Migration } from './migrations.ts';

export const sequences: Migration = {
  name: '0015-sequences',
  sql: `
    CREATE TABLE sequences (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      source TEXT NOT NULL UNIQUE,
      frames_per_s REAL CHECK (frames_per_s > 0)
    ) STRICT;
    CREATE TABLE frames (
      image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
      sequence_id INTEGER NOT NULL REFERENCES sequences (id) ON DELETE CASCADE,
      number INTEGER NOT NULL CHECK (number >= 0),
      UNIQUE (sequence_id, number)
    ) STRICT;
    CREATE TABLE tracks (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      sequence_id INTEGER NOT NULL REFERENCES sequences (id) ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX tracks_by_sequence ON tracks (sequence_id);

    ALTER TABLE annotations ADD COLUMN track_id INTEGER REFERENCES tracks (id);
    ALTER TABLE annotations ADD COLUMN track_role TEXT CHECK (track_role IN ('key', 'between', 'end'));
    CREATE UNIQUE INDEX annotations_by_track ON annotations (track_id, image_id) WHERE track_id IS NOT NULL;
  `,
};
