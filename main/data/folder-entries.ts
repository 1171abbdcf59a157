/**
 * What lies in folders that people name: in one order everywhere, and links by what they lead to. A link out of the folder
 * that was named is not followed: a stranger's data set names nothing but itself.
 */

import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { toReadError } from './read-error.ts';

/** Ascending by name. Errors: file-missing, file-unreadable. */
export async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw toReadError(error, folder);
  }
}

/** `top`: the real path of the folder that was named. A link that leads nowhere, or out of it, is neither file nor folder. */
export async function kindOf(entry: Dirent, folder: string, top: string): Promise<'file' | 'folder' | 'other'> {
  const target = entry.isSymbolicLink() ? await targetInside(join(folder, entry.name), top) : entry;
  if (target?.isDirectory()) return 'folder';
  return target?.isFile() ? 'file' : 'other';
}

async function targetInside(link: string, top: string) {
  const target = await realpath(link).catch(() => null); // a link to nothing
  return target !== null && `${target}${sep}`.startsWith(top + sep) ? stat(target) : null;
}
