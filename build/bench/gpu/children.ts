/** Runs one program of the card's benchmark to its end and keeps what it printed, whatever way it ended. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cardOf, type Device } from '../../../main/devices/device.ts';
import { ROOT } from '../../source-files.ts';
import { CardMemory } from './card-memory.ts';

export interface Ran {
  /** The JSON lines it printed. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Null when it ended well; else why not, with its last words. */
  readonly failure: string | null;
  /** What it took of the card's memory at most, in MiB; null where that is not told. */
  readonly cardMb: number | null;
}

/** Where and for how long. */
export interface RunOptions {
  readonly device: Device;
  readonly limitMs: number;
  readonly environment?: NodeJS.ProcessEnv;
}

const LAST_WORDS = 300;

export async function runOurs(script: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  return run(process.execPath, [join(ROOT, 'build/bench/gpu', script), '--device', options.device, ...args], options);
}

export async function runPeer(python: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  return run(python, [join(ROOT, 'build/bench/gpu/peer.py'), '--device', options.device, ...args], options);
}

async function run(
  command: string,
  args: readonly string[],
  { device, limitMs, environment = {} }: RunOptions,
): Promise<Ran> {
  const memory = await CardMemory.watch(device === 'cpu' || device === 'webgpu' ? null : cardOf(device));
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
  const cardMb = memory.stop();
  return {
    rows,
    cardMb,
    failure: how === null ? null : `${how}: ${log.trim().slice(-LAST_WORDS).replaceAll(/\s+/g, ' ')}`,
  };
}
