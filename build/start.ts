/**
 * `npm start [project]`: builds what is stale, then opens the desktop app, or, without Electron, serves a browser.
 * `npm start -- --connect URL [--ca FILE]` opens the app on an engine elsewhere, whose token is in LIGHTBENCH_TOKEN and
 * whose certificate is in FILE where this machine does not trust it anyway.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { argv, env, platform } from 'node:process';
import { fileURLToPath } from 'node:url';
import { AppError } from '../preload/contract/errors.ts';
import './preflight.ts';
import { builtDesktop, builtRenderer, type Runtime } from './bundle.ts';
import { findElectron } from './electron.ts';
import { ROOT } from './source-files.ts';

const ENTRY = join(ROOT, 'main', 'serve', 'entry.ts');

export interface DesktopLaunch {
  /** The folder to give to Electron. */
  readonly app: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Builds the shell and says how Electron is to be started with it. */
export async function desktopLaunch(runtime: Runtime, project: string | null): Promise<DesktopLaunch> {
  const [app, renderer] = [await builtDesktop(runtime), await builtRenderer()];
  const places = { LIGHTBENCH_RENDERER: renderer, LIGHTBENCH_NODE: process.execPath, LIGHTBENCH_ENGINE: ENTRY };
  return { app, env: { ...places, ...(project === null ? {} : { LIGHTBENCH_PROJECT: project }) } };
}

/** Why the desktop app cannot be opened here, in words, or null. */
function whyNoDesktop(): string | null {
  if (findElectron() === null) {
    return 'no Electron is installed (npx install-electron downloads it, or set ELECTRON_OVERRIDE_DIST_PATH)';
  }
  if (platform === 'linux' && env['DISPLAY'] === undefined && env['WAYLAND_DISPLAY'] === undefined) {
    return 'there is no display';
  }
  return process.getuid?.() === 0 ? 'Electron does not run as root' : null;
}

interface Elsewhere {
  readonly origin: string;
  /** A file with a certificate to trust, if one is named. */
  readonly ca: string | null;
}

async function openDesktop(project: string | null, elsewhere: Elsewhere | null): Promise<number> {
  const { executable, runtime } = findElectron()!;
  const launch = await desktopLaunch(runtime, project);
  const args = [launch.app, ...(elsewhere === null ? [] : [`--connect=${elsewhere.origin}`])];
  const trusted = elsewhere === null || elsewhere.ca === null ? {} : { LIGHTBENCH_CA: elsewhere.ca };
  const child = spawn(executable, args, { stdio: 'inherit', env: { ...env, ...launch.env, ...trusted } });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

async function serveBrowser(project: string | null): Promise<number> {
  await builtRenderer();
  const args = [ENTRY, ...(project === null ? [] : [project])];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  // Ctrl+C reaches the whole group; this process waits for the engine to end in order.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

async function start(args: readonly string[]): Promise<number> {
  if (args[0] === '--connect') return connect(args.slice(1));
  if (args.length > 1 || args[0]?.startsWith('-')) {
    throw new AppError('bad-argument', `npm start takes one project folder, not: ${args.join(' ')}`);
  }
  const project = args[0] === undefined ? null : resolve(args[0]);
  const reason = whyNoDesktop();
  if (reason === null) return openDesktop(project, null);
  console.log(`The desktop app cannot open: ${reason}. The same app is served to a browser instead.`);
  return serveBrowser(project);
}

/** Errors: bad-argument for what is no address, without a token, and without a desktop. */
async function connect([address, option, file, ...others]: readonly string[]): Promise<number> {
  const url = address === undefined ? null : URL.parse(address);
  const hasOption = option !== undefined;
  const isUnderstood = !hasOption || (option === '--ca' && file !== undefined && others.length === 0);
  if (url === null || !/^https?:$/.test(url.protocol) || !isUnderstood) {
    throw new AppError(
      'bad-argument',
      'npm start -- --connect takes one address, as https://gpu-box:8443, and --ca FILE after it where its certificate is its own',
    );
  }
  const ca = hasOption ? resolve(file!) : null;
  if (ca !== null && !existsSync(ca)) throw new AppError('file-missing', `--ca: there is no file ${ca}`, { path: ca });
  if ((env['LIGHTBENCH_TOKEN'] ?? '') === '') {
    throw new AppError(
      'bad-argument',
      '--connect needs the engine’s token in LIGHTBENCH_TOKEN; serve --json prints it',
    );
  }
  const reason = whyNoDesktop();
  if (reason !== null) {
    throw new AppError(
      'bad-argument',
      `The desktop app cannot open: ${reason}. Open the engine’s own link in a browser.`,
    );
  }
  return openDesktop(null, { origin: url.origin, ca });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await start(argv.slice(2));
  } catch (error) {
    console.error(error instanceof AppError ? error.message : error);
    process.exitCode = 1;
  }
}
