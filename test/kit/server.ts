/** A real server on loopback for tests: real sockets, an engine and a clock of the test's own. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../main/ipc/engine.ts';
import { Doorkeeper } from '../../main/serve/doorkeeper.ts';
import type { ImageSource } from '../../main/serve/images.ts';
import { type RunningServer, type ServeOptions, serve } from '../../main/serve/serve.ts';
import { FakeClock } from './clock.ts';

export interface TestServer extends RunningServer {
  readonly doorkeeper: Doorkeeper;
  /** Errors that would have been logged. */
  readonly bugs: unknown[];
  /** The cookie header of a browser that opened a link. */
  signIn(): Promise<string>;
}

/** A folder with the smallest window there is. */
export function smallWindow(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'lightbench-window-')), 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Lightbench</title>');
  writeFileSync(join(folder, 'assets', 'app-1a2b.js'), 'export {};');
  writeFileSync(join(folder, '..', 'secret.txt'), 'not for the window');
  return folder;
}

/** Starts a server over an engine. The caller closes it. */
export async function startServer(
  engine: Engine & ImageSource,
  options: Partial<ServeOptions> & { clock?: FakeClock; key?: Buffer } = {},
): Promise<TestServer> {
  const clock = options.clock ?? new FakeClock();
  const doorkeeper = new Doorkeeper({ key: options.key ?? randomBytes(32), clock, random: randomBytes });
  const bugs: unknown[] = [];
  const server = await serve({
    engine,
    images: engine,
    doorkeeper,
    rendererFolder: options.rendererFolder ?? smallWindow(),
    logBug: (error) => bugs.push(error),
    ...options,
  });
  const signIn = async () => {
    const reply = await fetch(server.newLink(), { redirect: 'manual' });
    return reply.headers.get('set-cookie')!.split(';')[0]!;
  };
  return { ...server, doorkeeper, bugs, signIn };
}
