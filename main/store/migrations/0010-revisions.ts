/**
 * Numbers every change of runs, sweeps and trials, so that who follows them reads what is new and nothing else.
 * subject: the id of a run or a sweep, or `s0001/12` for a trial; revision: of its latest change, of all the greatest yet.
 * A finished epoch changes its run; what a trial shows of its run changes with the run.
 */

import type { Migration } from './migrations.ts';

const noted = (subject: string): string => `
  INSERT INTO revisions VALUES (${subject}, (SELECT coalesce(max(revision), 0) + 1 FROM revisions))
  ON CONFLICT (subject) DO UPDATE SET revision = excluded.revision;`;

const trigger = (table: string, event: 'INSERT' | 'UPDATE' | 'DELETE', subject: string): string => `
  CREATE TRIGGER ${table}_${event.toLowerCase()}_noted AFTER ${event} ON ${table} BEGIN ${noted(subject)} END;`;

export const revisions: Migration = {
  name: '0010-revisions',
  sql: `
    CREATE TABLE revisions (
      subject TEXT PRIMARY KEY,
      revision INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX revisions_in_order ON revisions (revision);
    ${trigger('runs', 'INSERT', 'NEW.id')}
    ${trigger('runs', 'UPDATE', 'NEW.id')}
    ${trigger('epochs', 'INSERT', 'NEW.run_id')}
    ${trigger('epochs', 'UPDATE', 'NEW.run_id')}
    ${trigger('epochs', 'DELETE', 'OLD.run_id')}
    ${trigger('sweeps', 'INSERT', 'NEW.id')}
    ${trigger('sweeps', 'UPDATE', 'NEW.id')}
    ${trigger('trials', 'INSERT', "NEW.sweep_id || '/' || NEW.number")}
    ${trigger('trials', 'UPDATE', "NEW.sweep_id || '/' || NEW.number")}
  `,
};
