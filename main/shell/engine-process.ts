/** Starts the engine as a process of Node, so that its native modules never load into the shell's runtime. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface EngineAddress {
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  /** For an Authorization header; it never reaches a page. */
  readonly token: string;
}

export interface RunningEngine extends EngineAddress {
  /** Settles when the process ended, with what it said last. */
  readonly ended: Promise<string>;
  stop(): void;
}

export interface EngineCommand {
  /** The Node program. */
  readonly node: string;
  /** The file it runs. */
  readonly entry: string;
  readonly project: string | null;
}

const KEPT_LINES = 20;

/**
 * Starts an engine and waits until it says where it is.
 * Errors: Error with the engine's own words when it ends before that.
 */
export async function startEngine({ node, entry, project }: EngineCommand): Promise<RunningEngine> {
  const args = [entry, '--json', '--stop-with-stdin', '--any-folder', ...(project === null ? [] : [project])];
  const child = spawn(node, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = lastWords(child);
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line') as Promise<[string]>,
    ended.then((words) => {
      throw new Error(words);
    }),
  ]);
  const { url, token } = JSON.parse(line) as EngineAddress;
  // The pipe also closes when the shell is killed, so no engine is left behind.
  return { url, token, ended, stop: () => child.stdin.end() };
}

async function lastWords(child: ChildProcess): Promise<string> {
  const kept: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
  });
  const failed = once(child, 'error').then(([error]) => String(error));
  const closed = once(child, 'close').then(([code, signal]) => {
    return kept.length > 0 ? kept.join('\n') : `the engine ended (${code ?? signal})`;
  });
  closed.catch(() => {}); // `error` has said it
  return Promise.race([failed, closed]);
}
