/** Brings a database to this program's schema, one migration per transaction together with its record. */

import { AppError } from '../../preload/contract/errors.ts';
import type { Connection } from './db.ts';
import { MIGRATIONS, type Migration } from './migrations/migrations.ts';

/** Marks the file as ours whatever it is called: the letters LBCH. Source: https://sqlite.org/pragma.html#pragma_application_id */
export const APPLICATION_ID = 0x4c424348;

/** The schema version a database records about itself; 0 for a new one. */
export function schemaVersion(connection: Connection): number {
  return connection.pragma('user_version') as number;
}

/**
 * Refuses a file that is not a project's, or that a later program has written.
 * Errors: not-a-project, project-too-new.
 */
export function checkReadable(connection: Connection, folder: string, migrations: readonly Migration[]): void {
  if (connection.pragma('application_id') !== APPLICATION_ID) {
    const message = `open project ${folder}: its project.sqlite was not written by Lightbench`;
    throw new AppError('not-a-project', message, { folder });
  }
  const version = schemaVersion(connection);
  if (version > migrations.length) {
    const message =
      `open project ${folder}: its database has version ${version}, this program knows versions ` +
      `up to ${migrations.length}; open it with a newer Lightbench`;
    throw new AppError('project-too-new', message, { folder, expected: migrations.length, got: version });
  }
}

/** Applies what is missing; a crash in between leaves the last completed version. */
export function migrate(connection: Connection, migrations: readonly Migration[] = MIGRATIONS): void {
  for (let version = schemaVersion(connection); version < migrations.length; version++) {
    connection.transaction(() => {
      connection.execute(migrations[version]!.sql);
      connection.pragma(`user_version = ${version + 1}`);
    });
  }
}
