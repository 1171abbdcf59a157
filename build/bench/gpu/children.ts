/** Runs one program of the card's benchmark to its end and keeps what it printed, whatever way it ended. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../../source-files.ts';

export interface Ran {
  /** The JSON lines it printed. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Null when it ended well; else why not, with its last words. */
  readonly failure: string | null;
}

const LAST_WORDS = 300;

export async function runOurs(
  script: string,
  args: readonly string[],
  limitMs: number,
  environment = {},
): Promise<Ran> {
  return run(process.execPath, [join(ROOT, 'build/bench/gpu', script), ...args], limitMs, environment);
}

export async function runPeer(python: string, args: readonly string[], limitMs: number): Promise<Ran> {
  return run(python, [join(ROOT, 'build/bench/gpu/peer.py'), ...args], limitMs, {});
}

async function run(command: string, args: readonly string[], limitMs: number, environment: object): Promise<Ran> {
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<string | null>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      if (signal !== null) resolve(`ended by ${signal}${signal === 'SIGKILL' ? ` (limit ${limitMs / 1000} s)` : ''}`);
      else resolve(code === 0 ? null : `exit code ${code}`);
    });
  });
  const [out, log, how] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const rows = out
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
  return { rows, failure: how === null ? null : `${how}: ${log.trim().slice(-LAST_WORDS).replaceAll(/\s+/g, ' ')}` };
}
