/**
 * `npm run package [-- --out DIR] [--archive]`: the desktop app as a folder that needs nothing else, made from the Electron that
 * is installed here: the shell in `app.asar`, the engine with its own Node beside it, release fuses set. `--archive` packs
 * the folder as `.tar.gz`. Each system makes its own package; so far that is Linux.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { createPackage } from '@electron/asar';
import { ENGINE_FOLDER } from '../../main/shell/places.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { commandOptions } from '../command-options.ts';
import '../preflight.ts';
import { builtDesktop, builtRenderer } from '../bundle.ts';
import { findElectron } from '../electron.ts';
import { ROOT } from '../source-files.ts';
import { setReleaseFuses } from './fuses.ts';
import { layEngine } from './layout.ts';

const PACKAGE_NAME = `lightbench-${process.platform}-${process.arch}`;
const PROGRAM_NAME = 'lightbench';

/**
 * Makes the package in a folder, put there finished or not at all, and returns the app's program.
 * Errors: bad-argument without an Electron, and on systems other than Linux.
 */
export async function makePackage(folder: string): Promise<string> {
  const electron = findElectron();
  if (electron === null) {
    throw new AppError('bad-argument', 'package: no Electron is installed here; npx install-electron brings it');
  }
  if (process.platform !== 'linux') {
    // The two others want their signature and the app's hash inside the program, which nobody has tried yet.
    throw new AppError('bad-argument', `package: ${process.platform} packages are not made yet`);
  }
  const partial = `${folder}-partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  cpSync(dirname(electron.executable), partial, { recursive: true, dereference: true });
  renameSync(join(partial, basename(electron.executable)), join(partial, PROGRAM_NAME));
  const resources = join(partial, 'resources');
  for (const stock of ['app', 'default_app.asar']) rmSync(join(resources, stock), { recursive: true, force: true });
  await createPackage(await builtDesktop(electron.runtime), join(resources, 'app.asar'));
  layEngine(join(resources, ENGINE_FOLDER), await builtRenderer());
  await setReleaseFuses(join(partial, PROGRAM_NAME));
  chmodSync(join(partial, PROGRAM_NAME), 0o755);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return join(folder, PROGRAM_NAME);
}

async function main(): Promise<void> {
  const values = commandOptions({ out: { type: 'string' }, archive: { type: 'boolean', default: false } });
  const folder = join(resolve(values.out ?? join(ROOT, 'dist', 'package')), PACKAGE_NAME);
  console.log(await makePackage(folder));
  if (!values.archive) return;
  const archive = `${folder}.tar.gz`;
  execFileSync('tar', ['-czf', archive, '-C', dirname(folder), basename(folder)]);
  console.log(archive);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof AppError ? error.message : error);
    process.exitCode = 1;
  }
}
