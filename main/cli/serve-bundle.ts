/** `lightbench serve-bundle`. */

import { readFileSync } from 'node:fs';
import { AppError } from '../../preload/contract/errors.ts';
import { openAnyBundle } from '../bundle/any-bundle.ts';
import { ScoringProcess } from '../bundle/scoring-process.ts';
import { serveBundle } from '../serve-bundle/serve-bundle.ts';
import type { CliContext } from './context.ts';
import { portOf } from './serve.ts';
import { parseSettings } from './train.ts';
import { wholeNumber } from './whole-number.ts';

export interface ServeBundleCommandOptions {
  readonly host: string;
  readonly port: string;
  readonly insecure?: boolean;
  readonly tokenFile?: string;
  readonly maxBody: string;
  readonly timeout: string;
  readonly set: readonly string[];
  readonly threshold: readonly string[];
}

/** Serves until Ctrl-C. */
export async function serveBundleCommand(
  context: CliContext,
  folder: string,
  options: ServeBundleCommandOptions,
): Promise<void> {
  const { output, signal, threads } = context;
  const port = portOf(options.port);
  const maxBodyBytes = wholeNumber('--max-body', options.maxBody, 1, 1024) * 2 ** 20;
  const timeoutMs = wholeNumber('--timeout', options.timeout, 1, 3600) * 1000;
  const token = options.tokenFile === undefined ? null : readToken(options.tokenFile);
  const bundle = openAnyBundle(folder, { set: parseSettings(options.set), threshold: options.threshold }, threads);
  const process = new ScoringProcess(bundle.job, { timeoutMs });
  await process.start();
  const { host, insecure = false } = options;
  const logBug = (error: unknown) => output.say((error as Error)?.stack ?? String(error));
  try {
    const server = await serveBundle({ bundle, process, token, maxBodyBytes, logBug, host, port, insecure });
    const { url, scoringUrl } = server;
    const who = token === null ? '' : ', with the token in an Authorization header';
    output.line({ url, score: scoringUrl }, `${bundle.description.model}: POST images to ${scoringUrl}${who}`);
    await aborted(signal);
    await server.close();
  } finally {
    await process.close();
  }
}

/** In a file, since every program of a machine can read another's arguments. */
function readToken(file: string): string {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new AppError('file-unreadable', `--token-file ${file}: ${(error as Error).message}`, { file });
  }
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new AppError('bad-argument', `--token-file ${file}: expected one line of letters, digits and signs`, { file });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
