/** `lightbench serve`. */

import { AppError } from '../../preload/contract/errors.ts';
import { runServe } from '../serve/run-serve.ts';
import { tlsChoice } from '../serve/tls-files.ts';
import type { CliContext } from './context.ts';

export interface ServeOptions {
  readonly host: string;
  readonly port: string;
  readonly insecure?: boolean;
  readonly projects: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

const LAST_PORT = 65_535;

/** Serves until Ctrl-C. */
export async function serveCommand(
  context: CliContext,
  project: string | undefined,
  options: ServeOptions,
): Promise<void> {
  const port = portOf(options.port);
  const command = {
    project: project ?? null,
    tls: tlsChoice(options.tlsCert, options.tlsKey),
    roots: options.projects,
    host: options.host,
    port,
    insecure: options.insecure === true,
    json: context.output.isJson,
    stopWithStdin: false,
    home: context.home,
  };
  await runServe(command, process, context.signal);
}

/** Errors: bad-argument. */
export function portOf(text: string): number {
  const port = /^[0-9]+$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= LAST_PORT) return port;
  throw new AppError('bad-argument', `--port takes a number from 0 to ${LAST_PORT}, got "${text}"`);
}
