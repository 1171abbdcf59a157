/** The engine as the process that people and the desktop start. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { ROOT } from '../../build/source-files.ts';
import type { ServeAnnouncement } from '../../main/serve/run-serve.ts';
import { tempFolder } from './folders.ts';

export interface EngineProcess extends ServeAnnouncement {
  readonly child: ChildProcess;
}

/** Starts `serve --json` on a project; sessions are kept in `home`, apart from the user's own. */
export async function startEngineProcess(args: readonly string[], home = tempFolder()): Promise<EngineProcess> {
  const child = spawnServe(['--json', ...args], home);
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await Promise.race([once(lines, 'line'), failed(child)])) as [string];
  return { ...(JSON.parse(line) as ServeAnnouncement), child };
}

/** What a refused start prints, and its exit code. */
export async function refusedStart(
  args: readonly string[],
  home = tempFolder(),
): Promise<{ code: number; text: string }> {
  const child = spawnServe(args, home);
  const text = textOf(child);
  const [code] = (await once(child, 'close')) as [number];
  return { code, text: text.join('') };
}

function spawnServe(args: readonly string[], home: string): ChildProcess {
  const entry = join(ROOT, 'main', 'serve', 'entry.ts');
  const child = spawn(process.execPath, [entry, ...args], { env: { ...process.env, LIGHTBENCH_HOME: home } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function failed(child: ChildProcess): Promise<never> {
  const text = textOf(child);
  const [code] = await once(child, 'close');
  throw new Error(`serve ended with ${code}: ${text.join('')}`);
}

function textOf(child: ChildProcess): string[] {
  const text: string[] = [];
  child.stderr!.on('data', (chunk: Buffer) => text.push(chunk.toString()));
  return text;
}
