/** What is in a folder, as far as a person needs it who looks for a project or a data set. */

import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { FolderListing } from '../../preload/contract/projects.ts';
import type { AllowedFolders } from './allowed-folders.ts';

const MOST = 2_000;
/** What a data set may be named by. */
const SOURCE_ENDINGS = new Set(['.zip', '.json', '.jsonl', '.csv', '.xml', '.yaml', '.yml']);

/**
 * The folders and sources in a folder, by name; with null those one may begin at.
 * Errors: folder-not-allowed; file-unreadable.
 */
export function listFolders(allowed: AllowedFolders, path: string | null): FolderListing {
  const { roots } = allowed;
  if (path === null && roots !== null && roots.length !== 1) {
    return { folder: '', parent: null, folders: roots.map((root) => entryOf(root, root)), files: [] };
  }
  const folder = allowed.check(path ?? roots?.[0] ?? homedir());
  const up = dirname(folder);
  const entries = entriesIn(folder);
  return {
    folder,
    parent: up !== folder && allowed.includes(up) ? up : null,
    folders: entries
      .filter((entry) => entry.isDirectory())
      .slice(0, MOST)
      .map(({ name }) => entryOf(name, join(folder, name))),
    files: entries
      .filter((entry) => entry.isFile() && SOURCE_ENDINGS.has(extname(entry.name).toLowerCase()))
      .slice(0, MOST)
      .map(({ name }) => ({ name, path: join(folder, name) })),
  };
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .sort((a, b) => a.name.localeCompare(b.name));
  } catch (error) {
    const message = `${folder} cannot be looked into (${(error as NodeJS.ErrnoException).code})`;
    throw new AppError('file-unreadable', message, { folder }, { cause: error });
  }
}

const entryOf = (name: string, path: string): FolderListing['folders'][number] => ({
  name,
  path,
  is_project: existsSync(join(path, 'project.sqlite')),
});
