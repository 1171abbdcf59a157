/** The processes that train for this one, or for another. */

import { type ProcessRow, processRows } from './process-rows.ts';

/** Processes whose command line names the training child; there must be none after a run. */
export function trainingChildren(of: number = process.pid): ProcessRow[] {
  return processRows().filter(({ ppid, args }) => ppid === of && args.includes('main/train/child.ts'));
}

/** Ends the training child of this process as a crash would. */
export function killChild(): void {
  for (const { pid } of trainingChildren()) process.kill(pid, 'SIGKILL');
}
