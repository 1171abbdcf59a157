/** A command whose memory is watched, that of all its processes. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../source-files.ts';

export interface Watched<T> {
  readonly printed: T;
  /** Of the largest process; null where the system does not tell. */
  readonly peakBytes: number | null;
}

const LOOK_MS = 100;

/** What `lightbench … --json` prints. */
export function watched<T>(work: string, args: readonly string[]): Promise<Watched<T>> {
  const child = spawn(process.execPath, [join(ROOT, 'main', 'cli.ts'), ...args, '--json'], {
    env: { ...process.env, LIGHTBENCH_HOME: join(work, 'home') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let [text, peakBytes] = ['', null as number | null];
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const look = setInterval(() => {
    const bytes = peakOf(child.pid!);
    if (bytes !== null) peakBytes = Math.max(bytes, peakBytes ?? 0);
  }, LOOK_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(look);
      if (status === 0) resolve({ printed: JSON.parse(text) as T, peakBytes });
      else reject(new Error(`lightbench ${args[0]}: ${text}`));
    });
  });
}

/** The most that the process or one below it ever had; null where nothing is told of processes. */
function peakOf(id: number): number | null {
  try {
    const own = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) * 1024;
    const below = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return Math.max(own, ...below.map((child) => peakOf(Number(child)) ?? 0));
  } catch {
    return null; // it has ended meanwhile, or this is no Linux
  }
}
