/** The processes that train for this one. */

import { execFileSync } from 'node:child_process';

/** Processes whose command line names the training child; there must be none after a run. */
export function trainingChildren(): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes('main/train/child.ts') && line.includes(` ${process.pid} `));
}

/** Ends the training child of this process as a crash would. */
export function killChild(): void {
  for (const line of trainingChildren()) process.kill(Number(line.trim().split(/\s+/)[0]), 'SIGKILL');
}
