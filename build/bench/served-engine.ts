/** The engine as `lightbench serve` starts it, in a process of its own, for benchmarks in a browser. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { ROOT } from '../source-files.ts';

export interface ServedEngine {
  readonly child: ChildProcess;
  /** Signs a browser in. */
  readonly link: string;
  readonly url: string;
  /** Until it answered. */
  readonly ms: number;
}

export async function startEngine(
  project: string,
  home: string,
  options: readonly string[] = [],
): Promise<ServedEngine> {
  const startMs = performance.now();
  const entry = join(ROOT, 'main', 'serve', 'entry.ts');
  const child = spawn(process.execPath, [entry, '--json', ...options, project], {
    env: { ...process.env, LIGHTBENCH_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const { link, url } = JSON.parse(line) as { link: string; url: string };
  return { child, link, url, ms: performance.now() - startMs };
}

/** Processor time of a process so far, in milliseconds. Source: proc(5), `/proc/pid/stat`, fields 14 and 15. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const TICK_MS = 10;
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Processor time of a page's main thread since it was asked for, which other programs do not add to. */
export async function pageCpu(page: Page): Promise<{ read(): Promise<number>; end(): Promise<void> }> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return {
    read: async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
    },
    end: () => session.detach(),
  };
}
