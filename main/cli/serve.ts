/** `lightbench serve`. */

import { AppError } from '../../preload/contract/errors.ts';
import { runServe } from '../serve/run-serve.ts';
import type { CliContext } from './context.ts';

export interface ServeOptions {
  readonly host: string;
  readonly port: string;
  readonly insecure?: boolean;
}

const LAST_PORT = 65_535;

/** Serves until Ctrl-C. */
export async function serveCommand(
  context: CliContext,
  project: string | undefined,
  options: ServeOptions,
): Promise<void> {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > LAST_PORT) {
    throw new AppError('bad-argument', `--port takes a number from 0 to ${LAST_PORT}, got "${options.port}"`);
  }
  const command = {
    project: project ?? null,
    host: options.host,
    port,
    insecure: options.insecure === true,
    json: context.output.isJson,
    stopWithStdin: false,
    home: context.home,
  };
  await runServe(command, process, context.signal);
}
