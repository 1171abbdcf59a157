/** Below which folders projects may be opened, made and searched for. */

import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';

export class AllowedFolders {
  /** Real paths; null where any will do. */
  readonly roots: readonly string[] | null;

  /** Null allows every folder: the window of this machine's own user. */
  constructor(roots: readonly string[] | null) {
    this.roots = roots?.map(realPath) ?? null;
  }

  /**
   * The real path of a folder that need not be there yet, links followed.
   * Errors: folder-not-allowed.
   */
  check(path: string): string {
    const real = realPath(path);
    if (this.roots === null || this.roots.some((root) => isWithin(real, root))) return real;
    const message = `${path} lies in none of the folders this engine was given (${this.roots.join(', ')}); start it with --projects FOLDER to allow another`;
    throw new AppError('folder-not-allowed', message, { folder: path, roots: this.roots });
  }

  /** Whether one may look into a folder. */
  includes(path: string): boolean {
    return this.roots === null || this.roots.some((root) => isWithin(realPath(path), root));
  }
}

function isWithin(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !/^[a-z]:/i.test(way));
}

/** The part of a path that is there has its links followed, the rest is taken as it is. */
function realPath(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync(full);
  } catch {
    return full === dirname(full) ? full : join(realPath(dirname(full)), basename(full));
  }
}
