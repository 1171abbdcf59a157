/** The processes of this machine. */

import { execFileSync } from 'node:child_process';

export interface ProcessRow {
  readonly pid: number;
  /** Of the process that started it. */
  readonly ppid: number;
  /** Its command line. */
  readonly args: string;
}

export function processRows(): ProcessRow[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const rows = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter((match) => match !== null);
  return rows.map(([, pid, ppid, args]) => ({ pid: Number(pid), ppid: Number(ppid), args: args! }));
}
