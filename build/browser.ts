/**
 * A real browser to drive: the one of CHROMIUM_PATH, an installed Chromium, or the headless one that comes with npm.
 * Errors: when none of the three is there, with the three ways to get one.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Quiet: no traffic of its own. No sandbox, since tests in containers run as root; the pages are our own. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface FoundBrowser {
  readonly executablePath: string;
  /** Where it came from, for the name of a test. */
  readonly origin: 'CHROMIUM_PATH' | 'installed' | 'npm';
  readonly args: readonly string[];
  readonly libraryPath: string | null;
}

/** The browser to use on this machine. `only` restricts the choice to one origin. */
export async function findBrowser(only?: FoundBrowser['origin']): Promise<FoundBrowser> {
  const { CHROMIUM_PATH: chosen } = process.env;
  const wants = (origin: FoundBrowser['origin']) => only === undefined || only === origin;
  if (chosen !== undefined && wants('CHROMIUM_PATH')) {
    if (!existsSync(chosen)) throw new Error(`CHROMIUM_PATH names ${chosen}, which is not there`);
    return { executablePath: chosen, origin: 'CHROMIUM_PATH', args: QUIET, libraryPath: null };
  }
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed !== undefined && wants('installed')) {
    return { executablePath: installed, origin: 'installed', args: QUIET, libraryPath: null };
  }
  if (process.platform === 'linux' && process.arch === 'x64' && wants('npm')) return npmBrowser();
  throw new Error('No browser to test with: install Chromium, set CHROMIUM_PATH, or use npm ci on Linux x64.');
}

/** Starts it with a profile of its own, which is gone when it closes. */
export function launch(found: FoundBrowser): Promise<Browser> {
  const { executablePath, args, libraryPath } = found;
  const path = [libraryPath, process.env['LD_LIBRARY_PATH']].filter((part) => part !== null && part !== undefined);
  const env = { ...process.env, ...(path.length > 0 ? { LD_LIBRARY_PATH: path.join(':') } : {}) } as Record<
    string,
    string
  >;
  return chromium.launch({ executablePath, args: [...args], headless: true, env });
}

/** @sparticuz/chromium: the program and its libraries lie compressed in the package and are unpacked once. */
async function npmBrowser(): Promise<FoundBrowser> {
  const sparticuz = (await import('@sparticuz/chromium')).default;
  const require = createRequire(import.meta.url);
  const entry = require.resolve('@sparticuz/chromium');
  const folder = join(entry.slice(0, entry.indexOf('@sparticuz')), '@sparticuz', 'chromium');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const libraries = unpackLibraries(join(folder, 'bin', 'al2023.tar.br'), version);
  const executablePath = await sparticuz.executablePath();
  // In one process, closing a page's profile would end the whole browser.
  const args = [...sparticuz.args.filter((argument) => argument !== '--single-process'), ...QUIET];
  return { executablePath, origin: 'npm', args, libraryPath: join(libraries, 'lib') };
}

function unpackLibraries(archive: string, version: string): string {
  const home = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(home, 'lightbench', `chromium-libraries-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const partial = mkdtempSync(join(dirname(folder), 'partial-'));
  const tar = join(tmpdir(), `chromium-libraries-${process.pid}.tar`);
  try {
    writeFileSync(tar, brotliDecompressSync(readFileSync(archive)));
    execFileSync('tar', ['-xf', tar, '-C', partial]);
    if (!existsSync(folder)) renameSync(partial, folder);
  } finally {
    rmSync(tar, { force: true });
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}
