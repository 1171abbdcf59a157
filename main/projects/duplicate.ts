/** A second project with everything that is in the first, and its own name. */

import { constants, existsSync, rmSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { CopyEvent } from '../../preload/contract/projects.ts';
import type { Clock } from '../clock.ts';
import { makeFolder } from '../new-folder.ts';
import { toDiskError } from '../store/disk-errors.ts';
import { copyDatabase, renameProject } from '../store/health.ts';
import { openProject, type ReadProject } from '../store/project.ts';
import { filesBelow } from './files-below.ts';

const FOLDERS = ['images', 'runs', 'bundles', 'models'];
const FILES_AT_ONCE = 50;

/**
 * Copies a project into a folder that is not there yet. The database comes last, so what is broken off is no project.
 * Errors: folder-exists, disk-full, folder-unwritable.
 */
export async function* duplicateProject(
  project: ReadProject,
  target: string,
  name: string,
  clock: Clock,
  signal: AbortSignal | undefined,
): AsyncGenerator<CopyEvent> {
  if (existsSync(target))
    throw new AppError('folder-exists', `${target} exists; choose another name`, { folder: target });
  const files = FOLDERS.map((folder) => join(project.folder, folder))
    .filter((folder) => existsSync(folder))
    .flatMap(filesBelow);
  try {
    makeFolder(target);
    for (let done = 0; done < files.length; done += FILES_AT_ONCE) {
      yield { type: 'progress', done, total: files.length };
      if (signal?.aborted) return rmSync(target, { recursive: true, force: true });
      await Promise.all(files.slice(done, done + FILES_AT_ONCE).map((file) => copy(project.folder, file, target)));
    }
    copyDatabase(project.db, join(target, 'project.sqlite'));
    const copied = openProject(target, { access: 'write', clock, owner: 'duplicate project' });
    renameProject(copied.db, name);
    copied.close();
    yield { type: 'done', folder: target };
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    throw toDiskError(error, dirname(target), `duplicate project to ${target}`);
  }
}

async function copy(from: string, file: string, to: string): Promise<void> {
  const target = join(to, relative(from, file));
  await mkdir(dirname(target), { recursive: true });
  await copyFile(file, target, constants.COPYFILE_FICLONE);
}
