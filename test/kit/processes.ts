/** Runs a TypeScript file of the tests as a process of its own, to be killed or waited for. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** Starts `file` with `args`; whatever is left of it is killed after the test. */
export function startProcess(file: string, args: readonly string[]): ChildProcess {
  const child = fork(file, [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** The next message of the process; fails when it ends before it has sent one. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const listening = new AbortController();
  const { signal } = listening;
  const ended = once(child, 'exit', { signal }).then(([code, killer]) => {
    throw new Error(`the process ended (${code ?? killer}) without a message`);
  });
  ended.catch(() => {}); // also rejected when listening ends
  try {
    return await Promise.race([once(child, 'message', { signal }).then(([message]) => message), ended]);
  } finally {
    listening.abort();
  }
}

/** Kills as the kernel's out-of-memory killer does, and waits until the process is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
