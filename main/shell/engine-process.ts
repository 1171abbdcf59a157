/** Starts the engine as a process of Node, so that its native modules never load into the shell's runtime. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface EngineAddress {
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  /** For an Authorization header; it never reaches a page. */
  readonly token: string;
  /** A certificate in PEM form that an encrypted engine may show beside those this machine trusts. */
  readonly ca?: string;
}

export interface RunningEngine extends EngineAddress {
  /** Settles when the process ended, with what it said last. */
  readonly ended: Promise<string>;
  /** It ends its runs in order. */
  stop(): void;
  /** At once. */
  kill(): void;
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
  return { url, token, ended, stop: () => child.stdin.end(), kill: () => child.kill('SIGKILL') };
}

/** How long an engine has to end its runs in order. */
const ENDS_WITHIN_MS = 20_000;

/** The engine of this app: started when first needed, and anew when it has died. */
export class OwnEngine {
  /** Told of an engine that died by itself, with what it said last. */
  onDeath: (words: string) => void = () => {};
  private readonly command: () => EngineCommand;
  private current: RunningEngine | null = null;
  private starting: Promise<RunningEngine> | null = null;
  private isStopping = false;

  constructor(command: () => EngineCommand) {
    this.command = command;
  }

  get running(): RunningEngine | null {
    return this.current;
  }

  /** Errors: as `startEngine`. */
  async get(): Promise<RunningEngine> {
    if (this.isStopping) throw new Error('Lightbench is closing');
    if (this.current !== null) return this.current;
    this.starting ??= this.start().finally(() => {
      this.starting = null;
    });
    return this.starting;
  }

  /** Whether there is one, or is about to be. */
  get isThere(): boolean {
    return this.current !== null || this.starting !== null;
  }

  /** Ends it, one that is only starting too, and waits until it has ended in order, though not forever. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const current = this.current ?? (await this.starting?.catch(() => null)) ?? null;
    if (current === null) return;
    current.stop();
    const patience = setTimeout(() => current.kill(), ENDS_WITHIN_MS);
    await current.ended;
    clearTimeout(patience);
  }

  private async start(): Promise<RunningEngine> {
    const started = await startEngine(this.command());
    this.current = started;
    void started.ended.then((words) => {
      this.current = null;
      if (!this.isStopping) this.onDeath(words);
    });
    return started;
  }
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
