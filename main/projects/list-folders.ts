/** What is in a folder, as far as a person who looks for a project needs it. */

import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { FolderListing } from '../../preload/contract/projects.ts';
import type { AllowedFolders } from './allowed-folders.ts';

const MOST = 2_000;

/**
 * The folders in a folder, by name; with null those one may begin at.
 * Errors: folder-not-allowed; file-unreadable.
 */
export function listFolders(allowed: AllowedFolders, path: string | null): FolderListing {
  const { roots } = allowed;
  if (path === null && roots !== null && roots.length !== 1) {
    return { folder: '', parent: null, folders: roots.map((root) => entryOf(root, root)) };
  }
  const folder = allowed.check(path ?? roots?.[0] ?? homedir());
  const up = dirname(folder);
  return { folder, parent: up !== folder && allowed.includes(up) ? up : null, folders: foldersIn(folder) };
}

function foldersIn(folder: string): FolderListing['folders'] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => entryOf(name, join(folder, name)))
      .sort((a, b) => a.name.localeCompare(b.name))
      .slice(0, MOST);
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
