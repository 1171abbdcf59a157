/** `lightbench serve`: opens the engine, starts the server, tells where it is, and runs until it is told to stop. */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../preload/contract/errors.ts';
import { systemClock } from '../clock.ts';
import { openEngine } from '../engine.ts';
import { Doorkeeper } from './doorkeeper.ts';
import { type RunningServer, serve } from './serve.ts';
import { sessionKey } from './session-key.ts';
import { readTlsFiles } from './tls-files.ts';

export interface ServeCommand {
  /** Null serves a window without a project. */
  readonly project: string | null;
  /** Folders below which windows may open and make projects; null for any. */
  readonly roots: readonly string[] | null;
  readonly host: string;
  readonly port: number;
  readonly insecure: boolean;
  /** Files in PEM form to encrypt with; null for none. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** Prints one JSON line for a program instead of a link for a person. */
  readonly json: boolean;
  /** Ends when the standard input does: the sign that the program which started this one is gone. */
  readonly stopWithStdin: boolean;
  /** Where this user's Lightbench keeps what outlives a process; the key of sessions is put there. */
  readonly home: string;
  /** The folder of the built window. */
  readonly rendererFolder?: string;
}

export interface ServeStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** The JSON line: `token` is for an Authorization header, `link` signs one browser in. */
export interface ServeAnnouncement {
  readonly url: string;
  readonly token: string;
  readonly link: string;
  readonly pid: number;
}

const BUILT_WINDOW = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'renderer');

/**
 * Serves until the signal is aborted or, where asked for, the standard input ends.
 * Errors: file-missing when the window is not built; those of openProject, sessionKey and serve.
 */
export async function runServe(command: ServeCommand, streams: ServeStreams, stop: AbortSignal): Promise<void> {
  const rendererFolder = command.rendererFolder ?? BUILT_WINDOW;
  refuseUnbuilt(rendererFolder);
  const logBug = (error: unknown) => streams.stderr.write(`${(error as Error)?.stack ?? error}\n`);
  const { home, roots } = command;
  const engine = openEngine(command.project, {
    clock: systemClock,
    logBug,
    home,
    roots,
    threads: availableParallelism(),
  });
  try {
    const key = sessionKey(command.home, randomBytes);
    const doorkeeper = new Doorkeeper({ key, clock: systemClock, random: randomBytes });
    const onLinkUsed = () => command.json || streams.stdout.write('A browser signed in.\n');
    const { host, port, insecure } = command;
    const tls = command.tls === null ? null : readTlsFiles(command.tls.certificate, command.tls.key);
    const server = await serve({
      engine,
      images: engine,
      doorkeeper,
      rendererFolder,
      logBug,
      host,
      port,
      insecure,
      tls,
      onLinkUsed,
    });
    if (command.json) announce(server, doorkeeper.bearer, streams.stdout);
    else greet(server, engine.projectOverview()?.name ?? null, streams);
    await ended(command.stopWithStdin, streams.stdin, stop);
    await server.close();
  } finally {
    await engine.close();
  }
}

function refuseUnbuilt(folder: string): void {
  const page = join(folder, 'index.html');
  if (existsSync(page)) return;
  throw new AppError('file-missing', `serve: the window is not built: ${page} is missing; run npm run build`, {
    path: page,
  });
}

function announce(server: RunningServer, token: string, stdout: Writable): void {
  const line: ServeAnnouncement = { url: server.url, token, link: server.newLink(), pid: process.pid };
  stdout.write(`${JSON.stringify(line)}\n`);
}

function greet(server: RunningServer, name: string | null, { stdin, stdout }: ServeStreams): void {
  const what = name === null ? 'no project yet' : `project "${name}"`;
  stdout.write(`Lightbench serves ${what}. Open this link, which works once:\n\n  ${server.newLink()}\n\n`);
  if (stdin.isTTY !== true) return;
  stdout.write('Enter prints another link, Ctrl+C stops.\n');
  stdin.on('data', () => stdout.write(`\n  ${server.newLink()}\n\n`));
}

function ended(stopWithStdin: boolean, stdin: Readable, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      stdin.pause();
      resolve();
    };
    if (stop.aborted) return finish();
    stop.addEventListener('abort', finish, { once: true });
    if (stopWithStdin) stdin.once('end', finish).resume();
  });
}
