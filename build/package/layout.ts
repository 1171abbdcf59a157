/** What of the repository goes into a package, and what of its dependencies. */

import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ROOT } from '../source-files.ts';

/** Run by Node as they are, types and all. */
const SOURCES = ['main', 'native-models', 'preload/contract', 'package.json', 'LICENSE'];

interface Lock {
  readonly packages: { readonly [path: string]: { readonly dev?: boolean; readonly devOptional?: boolean } };
}

/** Fills a folder with the engine: its sources, the window it serves, what both need, and the Node that runs them. */
export function layEngine(folder: string, window: string): void {
  for (const source of SOURCES) {
    const from = join(ROOT, source);
    if (existsSync(from)) cpSync(from, join(folder, source), { recursive: true, filter: isOfEngine });
  }
  cpSync(window, join(folder, 'dist', 'renderer'), { recursive: true });
  for (const path of packagesOfEngine()) {
    cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter: isForThisMachine, dereference: true });
  }
  cpSync(process.execPath, join(folder, process.platform === 'win32' ? 'node.exe' : 'node'));
}

/** The shell is bundled into the app itself. */
const isOfEngine = (path: string): boolean => {
  const inside = relative(join(ROOT, 'main'), path);
  return inside !== 'shell' && inside !== 'main.ts';
};

/** Folders of the packages that the lock file has for people who run the app, as far as npm put them here. */
function packagesOfEngine(): string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .map(([path]) => path)
    .filter((path) => existsSync(join(ROOT, path)) && !/node_modules\/(node-|\.bin)/.test(path));
}

const { platform, arch } = process;

/** Native packages carry programs for every system, and what those were compiled from. */
export function isForThisMachine(path: string): boolean {
  const inside = path.split(sep).join('/');
  const runtime = /onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?/.exec(inside);
  if (runtime !== null) return runtime[1] === platform && (runtime[2] === undefined || runtime[2] === arch);
  if (/better-sqlite3\/(deps|src)(\/|$)/.test(inside)) return false;
  const prebuilt = /better-sqlite3\/prebuilds\/([^/]+)$/.exec(inside);
  return prebuilt === null || prebuilt[1]!.startsWith(`${platform}-${arch}`);
}
