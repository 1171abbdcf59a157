/** The desktop app in a real Electron, where one is found, with its dialogs answered by the test. */

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { findElectron } from '../../build/electron.ts';
import { desktopLaunch } from '../../build/start.ts';
import { tempFolder } from './folders.ts';
import { processRows } from './process-rows.ts';

const electron = findElectron();
const hasDisplay = process.platform !== 'linux' || process.env['DISPLAY'] !== undefined;

/** What is not here that the tests need, or null. */
export const MISSING: string | null =
  electron === null ? 'an Electron' : hasDisplay ? null : 'a display, as of xvfb-run';

/** For a suite: passing on an old runtime does not prove the one that is shipped, so the name says which it met. */
export const DESKTOP_NAME = `desktop shell (${MISSING === null ? electron?.runtime : `skipped: needs ${MISSING}`})`;

export interface TestDesktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly complaints: string[];
  /** Where the app keeps what outlives it. */
  readonly state: string;
  /** What a person was shown in boxes, in order. */
  said(): Promise<{ readonly message: string; readonly buttons?: readonly string[] }[]>;
  /** From now on boxes are answered with that button, and dialogs for paths with that path. */
  answer(button: number, path?: string): Promise<void>;
}

/** An engine elsewhere for a window to connect to. */
export interface Elsewhere {
  readonly url: string;
  readonly token: string;
  /** A file with its certificate. */
  readonly ca?: string;
}

export async function openDesktop(
  folder: string | null,
  state = tempFolder(),
  elsewhere: Elsewhere | null = null,
): Promise<TestDesktop> {
  const app = await launched(await launchOptions(folder, state, elsewhere), state);
  const page = await app.firstWindow();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const answer = (button: number, path?: string) =>
    app.evaluate(
      ({ dialog }, { button, path }) => {
        const shown = (globalThis as unknown as { shown?: unknown[] }).shown ?? [];
        Object.assign(globalThis, { shown });
        dialog.showMessageBox = async (...given: unknown[]) => {
          shown.push(given.at(-1));
          return { response: button, checkboxChecked: false };
        };
        dialog.showOpenDialog = async () => ({
          canceled: path === undefined,
          filePaths: path === undefined ? [] : [path],
        });
      },
      { button, path },
    );
  await answer(0);
  const said = () => app.evaluate(() => (globalThis as unknown as { shown: { message: string }[] }).shown);
  return { app, page, complaints, state, said, answer };
}

/** Longer than it takes on a busy machine. */
const LAUNCH_MS = 15_000;
const MOST_LAUNCHES = 3;

/**
 * Now and then Electron 25 is up and Playwright waits for it for ever, past its own limit; then it is ended and started anew.
 * `state`: by which the process is told from others.
 */
async function launched(
  options: Awaited<ReturnType<typeof launchOptions>>,
  state: string,
): Promise<ElectronApplication> {
  for (let launches = 1; ; launches++) {
    const late = new AbortController();
    const launch = _electron.launch(options);
    launch.catch(() => {}); // met below, or of a process that was ended here
    const app = await Promise.race([launch, setTimeout(LAUNCH_MS, null, { signal: late.signal })]);
    late.abort();
    if (app !== null) return app;
    for (const pid of pidsWith(`--user-data-dir=${state}`)) process.kill(pid, 'SIGKILL');
    if (launches === MOST_LAUNCHES) throw new Error(`Electron was started ${launches} times without an answer`);
  }
}

/** Of the app itself; processes of its own end with it. */
function pidsWith(argument: string): number[] {
  return processRows()
    .filter(({ args }) => args.includes(argument) && !args.includes('--type='))
    .map(({ pid }) => pid);
}

/** How the app is started with a project, or without. */
export async function launchOptions(folder: string | null, state: string, elsewhere: Elsewhere | null = null) {
  const launch = await desktopLaunch(electron!.runtime, folder);
  const remote =
    elsewhere === null
      ? {}
      : { LIGHTBENCH_TOKEN: elsewhere.token, ...(elsewhere.ca === undefined ? {} : { LIGHTBENCH_CA: elsewhere.ca }) };
  // Tests in containers run as root, where the outer sandbox is refused; the page's own settings are checked.
  const args = [launch.app, '--no-sandbox', '--disable-gpu', `--user-data-dir=${state}`];
  return {
    executablePath: electron!.executable,
    args: elsewhere === null ? args : [...args, `--connect=${elsewhere.url}`],
    env: { ...process.env, ...launch.env, ...remote, LIGHTBENCH_HOME: state } as Record<string, string>,
  };
}

/**
 * Quits the app as its menu does, and waits for its end. Not by Playwright's `close`, which takes the debugger away while the
 * app still asks its engine what goes on: Electron 25 then turns for ever, now and then.
 */
export async function quitDesktop(app: ElectronApplication): Promise<void> {
  const child = processOf(app);
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  void app.evaluate(({ app }) => app.quit()).catch(() => {}); // the answer is lost where the end comes first
  await ended;
}

/** Null once Playwright has seen the app's end, from when on it knows the process no more. */
function processOf(app: ElectronApplication): ChildProcess | null {
  try {
    return app.process();
  } catch {
    return null;
  }
}

/** Processes that the shell has started with our Node. */
export function enginePids(app: ElectronApplication): number[] {
  const parent = app.process().pid!;
  return processRows()
    .filter(({ ppid, args }) => ppid === parent && args.includes('entry.ts'))
    .map(({ pid }) => pid);
}
