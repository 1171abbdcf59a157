/**
 * Composition root of the desktop app. A package has its parts beside it; in a checkout `build/start.ts` says in the
 * environment where they are: LIGHTBENCH_RENDERER (the built window), LIGHTBENCH_NODE and LIGHTBENCH_ENGINE (the program
 * and file of the engine). LIGHTBENCH_PROJECT is a folder, if one is to be opened. `--connect=URL` uses an engine that
 * runs already; its token is in LIGHTBENCH_TOKEN, never among the arguments, which every program of the machine can read,
 * and LIGHTBENCH_CA names a file with a certificate that it may show.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog, ipcMain, session } from 'electron';
import { systemClock } from './clock.ts';
import { userHome } from './home.ts';
import type { Activity } from './ipc/engine.ts';
import { RecentProjects } from './projects/recent.ts';
import { Closing } from './shell/closing.ts';
import { Desktop } from './shell/desktop.ts';
import { openDoor } from './shell/engine-door.ts';
import { type EngineAddress, OwnEngine } from './shell/engine-process.ts';
import { guardContents, guardSession } from './shell/guards.ts';
import { placesOf, required } from './shell/places.ts';
import { handleScheme, registerScheme } from './shell/scheme.ts';

const connectTo = app.commandLine.getSwitchValue('connect');
const isLocal = connectTo === '';
const project = process.env['LIGHTBENCH_PROJECT'] ?? null;
const ANSWERS_WITHIN_MS = 3_000;

async function start(): Promise<void> {
  const { isPackaged } = app;
  const { platform, resourcesPath: resources } = process;
  const { node, entry, renderer } = placesOf(process.env, { isPackaged, resources, platform });
  const own = new OwnEngine(() => ({ node, entry, project }));
  const caFile = process.env['LIGHTBENCH_CA'];
  const trusted = caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') };
  const remote = (): EngineAddress => ({
    url: connectTo,
    token: required(process.env, 'LIGHTBENCH_TOKEN'),
    ...trusted,
  });
  const home = userHome();
  const recent = new RecentProjects(home);
  const closing = new Closing({ dialog, activity: () => activityOf(own.running), quit: () => app.quit() });
  guardSession(session.defaultSession);
  handleScheme(renderer, () => (isLocal ? own.running : remote()));
  openDoor(ipcMain, async () => (isLocal ? own.get() : remote()));
  const desktop = new Desktop(
    {
      preload: join(__dirname, 'preload.cjs'),
      placeFile: join(app.getPath('userData'), 'window.json'),
      ...{ isLocal, recent: () => recent.list(), closing: isLocal ? closing : null, clock: systemClock },
    },
    ipcMain,
  );
  own.onDeath = (words) => desktop.say('The engine had stopped and was started anew.', words);
  app.on('activate', () => void desktop.show());
  app.on('second-instance', (_event, _args, _folder, told) => {
    const { project: wanted } = told as { readonly project: string | null };
    void (wanted === null ? desktop.show() : desktop.showProject(wanted));
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      closing.leave(); // nobody is there to be asked
      app.quit();
    });
  }
  app.on('will-quit', (event) => {
    if (!own.isThere) return;
    event.preventDefault();
    void own.stop().then(() => app.exit(0)); // every question was answered by now
  });
  await desktop.show();
}

/** Null where there is no engine, or it does not answer: then nothing can be asked about. */
async function activityOf(engine: EngineAddress | null): Promise<Activity | null> {
  if (engine === null) return null;
  try {
    const headers = { authorization: `Bearer ${engine.token}` };
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    const reply = await fetch(new URL('/activity', engine.url), { headers, signal });
    return (await reply.json()) as Activity;
  } catch {
    return null;
  }
}

registerScheme();
guardContents(app);
app.on('window-all-closed', () => app.quit());
// A second start hands its project to the first; a window on another machine's engine stands by itself.
if (isLocal && !app.requestSingleInstanceLock({ project })) {
  console.log('Lightbench is open already; its window was brought to the front.');
  app.exit(0);
} else {
  app
    .whenReady()
    .then(start)
    .catch((error: Error) => {
      dialog.showErrorBox('Lightbench cannot start', error.message);
      app.exit(1);
    });
}
