/** Copies images into a project's `images/` folder: complete and on disk before a name appears, never outside of it. */

import { constants } from 'node:fs';
import { access, copyFile, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { toDiskError } from '../store/disk-errors.ts';

const PARTIAL_PREFIX = '.partial-';
const HASH_CHARACTERS = 16; // 64 bits: two different pictures of one name still get two names
const STEM_CHARACTERS = 60;

/**
 * The path of a copy relative to the project: content hash first, so that equal names do not meet, then as much of the
 * original name as every file system takes.
 */
export function copyPath(original: string, sha256: string): string {
  const extension = extname(original);
  const clean = (text: string) => text.normalize('NFC').replace(/[^\p{L}\p{N}._-]/gu, '_');
  const stem = [...clean(basename(original, extension))].slice(0, STEM_CHARACTERS).join('');
  return `images/${sha256.slice(0, HASH_CHARACTERS)}-${stem}${clean(extension)}`;
}

/**
 * Copies one file to `path` below the project folder; a file of that name is replaced by the same content.
 * Errors: image-missing when the source has gone, disk-full, folder-unwritable.
 */
export async function copyIntoProject(source: string, folder: string, path: string): Promise<void> {
  const target = join(folder, ...path.split('/'));
  const partial = join(folder, 'images', `${PARTIAL_PREFIX}${basename(target)}`);
  try {
    await copyFile(source, partial, constants.COPYFILE_FICLONE);
    await flush(partial);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    if (!(await isReadable(source))) {
      throw new AppError('image-missing', `${source}: can no longer be read`, { file: source }, { cause: error });
    }
    throw toDiskError(error, join(folder, 'images'), `copy ${source}`);
  }
}

/** Makes the new names in `images/` survive a power cut. */
export async function flushImagesFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there, and NTFS journals names by itself
  await flush(join(folder, 'images'));
}

/** Removes what an import that was killed has left half-copied. */
export async function removePartialCopies(folder: string): Promise<void> {
  const images = join(folder, 'images');
  const partial = (await readdir(images)).filter((name) => name.startsWith(PARTIAL_PREFIX));
  await Promise.all(partial.map((name) => rm(join(images, name), { force: true })));
}

/** Removes copies that no record names. */
export async function removeCopies(folder: string, copies: readonly { readonly path: string }[]): Promise<void> {
  await Promise.all(copies.map(({ path }) => rm(join(folder, ...path.split('/')), { force: true })));
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
