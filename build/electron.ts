/** The Electron program on this machine, if there is one. It is looked for and never downloaded. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Runtime } from './bundle.ts';
import { ROOT } from './source-files.ts';

export interface FoundElectron {
  readonly executable: string;
  readonly runtime: Runtime;
}

const PROGRAMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};

/** ELECTRON_OVERRIDE_DIST_PATH first, as Electron's own package does, then what an install put there; else null. */
export function findElectron(): FoundElectron | null {
  const folders = [process.env['ELECTRON_OVERRIDE_DIST_PATH'], join(ROOT, 'node_modules', 'electron', 'dist')];
  for (const folder of folders) {
    if (folder === undefined) continue;
    const executable = join(folder, PROGRAMS[process.platform] ?? 'electron');
    if (existsSync(executable)) return { executable, runtime: runtimeOf(folder) };
  }
  return null;
}

const FIRST_WITH_NODE_24 = 40;

/** A build for the old runtime runs on every later one, so it serves where the version is not told. */
function runtimeOf(folder: string): Runtime {
  const path = join(folder, 'version');
  const major = existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8').replace(/^v/, ''), 10) : 0;
  return major >= FIRST_WITH_NODE_24 ? 'electron45' : 'electron25';
}
