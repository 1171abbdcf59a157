/** What lies in folders that people name: in one order everywhere, and links by what they lead to. */

import type { Dirent, Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { AppError } from '../../preload/contract/errors.ts';

/** Ascending by name. Errors: what `toError` makes of the file system's. */
export async function entriesOf(
  folder: string,
  toError: (error: unknown, folder: string) => AppError,
): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw toError(error, folder);
  }
}

/** `follow`: what a link leads to; null for a link that leads nowhere, or where it must not be followed. */
export async function kindOf(entry: Dirent, follow: () => Promise<Stats | null>): Promise<'file' | 'folder' | 'other'> {
  const target = entry.isSymbolicLink() ? await follow() : entry;
  if (target?.isDirectory()) return 'folder';
  return target?.isFile() ? 'file' : 'other';
}
