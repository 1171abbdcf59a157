/** What `--from` names, looked at before anything of it is read. */

import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { refuse } from './wanted.ts';

/** Errors: file-missing; bad-argument for what is neither a file nor a folder. */
export function kindOf(from: string): 'file' | 'folder' {
  if (!existsSync(from)) throw new AppError('file-missing', `${from} does not exist`, { file: from });
  const stats = statSync(from);
  if (stats.isDirectory()) return 'folder';
  if (!stats.isFile()) throw refuse(`${from}: is neither a file nor a folder`);
  return 'file';
}

/** Where the files of an unpacked release or package may lie. */
const INSIDE = ['', 'lib', 'runtimes/linux-x64/native'];

/**
 * A file of an unpacked release, links followed; null where it has none of that name.
 * Errors: bad-argument for what is no file, lies outside the folder, or is larger than allowed.
 */
export function fileInside(folder: string, name: string, largestBytes: number): string | null {
  const found = INSIDE.map((inner) => join(folder, inner, name)).find((path) => existsSync(path));
  if (found === undefined) return null;
  const path = realpathSync(found);
  if (!path.startsWith(`${realpathSync(folder)}${sep}`))
    throw refuse(`${found}: is a link to ${path}, outside ${folder}`);
  const stats = statSync(path);
  if (!stats.isFile()) throw refuse(`${found}: is not a file`);
  if (stats.size > largestBytes) throw refuse(`${found}: has ${stats.size} bytes, more than ${largestBytes}`);
  return path;
}
