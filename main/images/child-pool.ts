/**
 * Has image files worked on in child processes, so that one which crashes the decoder costs that one image and is
 * reported by name, while the engine and the other images go on.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { AppError } from '../../preload/contract/errors.ts';
import { type ErrorRecord, fromErrorRecord } from './error-record.ts';

/** What a child makes of one file is soon done with; without this V8 keeps 50 MB more of it. Units: MB. */
const SMALL_HEAP = '--max-semi-space-size=4';

/** What a child answers. */
export type ChildReply<T> = { readonly value: T } | { readonly error: ErrorRecord };

export interface ChildPoolOptions {
  /** Child processes, started when first needed. */
  readonly workers: number;
  /** The program the children run: it answers each message with one. */
  readonly entry: string;
}

/** What is asked names its file. */
interface Asked {
  readonly path: string;
}

interface Request<A, T> {
  readonly asked: A;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

export class ChildPool<A extends Asked, T> {
  private readonly options: ChildPoolOptions;
  private readonly idle: ChildProcess[] = [];
  private readonly busy = new Map<ChildProcess, Request<A, T>>();
  private readonly waiting: Request<A, T>[] = [];
  private isClosed = false;

  constructor(options: ChildPoolOptions) {
    this.options = options;
  }

  /**
   * What a child makes of a file. What is still waiting when the signal is aborted is not looked at.
   * Errors: those of the child; image-unreadable when the file took it down; cancelled.
   */
  ask(asked: A, signal?: AbortSignal): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const request = { asked, resolve, reject };
    if (this.isClosed || signal?.aborted === true) {
      cancel(request);
      return promise;
    }
    this.waiting.push(request);
    signal?.addEventListener('abort', () => this.forget(request), { once: true });
    this.assign();
    return promise;
  }

  /** Ends the children; what was still asked for is rejected as cancelled. */
  close(): void {
    this.isClosed = true;
    const unanswered = [...this.waiting.splice(0), ...this.busy.values()];
    for (const child of [...this.idle, ...this.busy.keys()]) child.disconnect();
    this.idle.length = 0;
    this.busy.clear();
    for (const request of unanswered) cancel(request);
  }

  private forget(request: Request<A, T>): void {
    const at = this.waiting.indexOf(request);
    if (at < 0) return; // a child has it already
    this.waiting.splice(at, 1);
    cancel(request);
  }

  private assign(): void {
    while (this.waiting.length > 0 && !this.isClosed) {
      const child = this.idle.pop() ?? (this.busy.size < this.options.workers ? this.start() : null);
      if (child === null) return;
      const request = this.waiting.shift()!;
      this.busy.set(child, request);
      child.send(request.asked);
    }
  }

  private start(): ChildProcess {
    const child = fork(this.options.entry, [], {
      execArgv: [SMALL_HEAP],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('message', (reply: ChildReply<T>) => this.answer(child, reply));
    child.on('exit', (code, signal) => this.mourn(child, signal ?? `code ${code}`));
    // It could not be started, or not be reached any more.
    child.on('error', (error) => {
      child.kill();
      this.mourn(child, error.message);
    });
    return child;
  }

  private answer(child: ChildProcess, reply: ChildReply<T>): void {
    const request = this.busy.get(child);
    if (request === undefined) return; // closed meanwhile
    this.busy.delete(child);
    this.idle.push(child);
    if ('value' in reply) request.resolve(reply.value);
    else request.reject(fromErrorRecord(reply.error));
    this.assign();
  }

  private mourn(child: ChildProcess, how: string): void {
    const request = this.busy.get(child);
    this.busy.delete(child);
    const at = this.idle.indexOf(child);
    if (at >= 0) this.idle.splice(at, 1);
    if (request === undefined) return;
    const { path } = request.asked;
    const message = `${path}: the image decoder died while reading it (${how})`;
    request.reject(new AppError('image-unreadable', message, { file: path, cause: how }));
    this.assign();
  }
}

function cancel<A extends Asked, T>({ asked, reject }: Request<A, T>): void {
  reject(new AppError('cancelled', `${asked.path}: not looked at any more`));
}
