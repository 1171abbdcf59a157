/**
 * Composition root of the desktop app. `build/start.ts` says in the environment where things are:
 * LIGHTBENCH_RENDERER (the built window), LIGHTBENCH_NODE and LIGHTBENCH_ENGINE (the program and file of the engine),
 * LIGHTBENCH_PROJECT (a folder, if one is to be opened). `--connect=URL` uses an engine that runs already; its token is
 * in LIGHTBENCH_TOKEN, never among the arguments, which every program of the machine can read.
 */

import { join } from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, session } from 'electron';
import { openDoor } from './shell/engine-door.ts';
import { type EngineAddress, type RunningEngine, startEngine } from './shell/engine-process.ts';
import { guardContents, guardSession } from './shell/guards.ts';
import { handleScheme, registerScheme } from './shell/scheme.ts';
import { openWindow } from './shell/window.ts';

const preload = join(__dirname, 'preload.cjs');
const connectTo = app.commandLine.getSwitchValue('connect');
let running: RunningEngine | null = null;
let starting: Promise<RunningEngine> | null = null;

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set; start Lightbench with npm start`);
  return value;
}

/** The engine of `--connect`, or our own, started anew when it has ended. */
async function engine(): Promise<EngineAddress> {
  if (connectTo !== '') return { url: connectTo, token: required('LIGHTBENCH_TOKEN') };
  if (running !== null) return running;
  starting ??= startOwn();
  return starting;
}

async function startOwn(): Promise<RunningEngine> {
  try {
    const project = process.env['LIGHTBENCH_PROJECT'] ?? null;
    const started = await startEngine({
      node: required('LIGHTBENCH_NODE'),
      entry: required('LIGHTBENCH_ENGINE'),
      project,
    });
    running = started;
    void started.ended.then(() => {
      running = null;
    });
    return started;
  } finally {
    starting = null;
  }
}

async function start(): Promise<void> {
  guardSession(session.defaultSession);
  const known = () => (connectTo === '' ? running : { url: connectTo, token: required('LIGHTBENCH_TOKEN') });
  handleScheme(required('LIGHTBENCH_RENDERER'), known);
  openDoor(ipcMain, engine);
  await openWindow(preload);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) void openWindow(preload);
  });
}

registerScheme();
guardContents(app);
app.on('window-all-closed', () => app.quit());
app.on('will-quit', () => running?.stop());
app
  .whenReady()
  .then(start)
  .catch((error: Error) => {
    dialog.showErrorBox('Lightbench cannot start', error.message);
    app.exit(1);
  });
