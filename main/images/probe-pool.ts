/**
 * Inspects images in child processes, so that a file which crashes the decoder costs that one image and is reported by
 * name, while the engine and the other images go on.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../preload/contract/errors.ts';
import { type ErrorRecord, fromErrorRecord } from './error-record.ts';
import type { Inspection } from './inspect.ts';

export interface ProbeRequest {
  readonly path: string;
  readonly maxPixels: number | null;
}

export type ProbeReply = { readonly inspection: Inspection } | { readonly error: ErrorRecord };

export interface ProbePoolOptions {
  /** Child processes, started when first needed. */
  readonly workers: number;
  readonly maxPixels?: number;
  /** The program the children run. */
  readonly entry?: string;
}

interface Request {
  readonly path: string;
  readonly resolve: (inspection: Inspection) => void;
  readonly reject: (error: Error) => void;
}

const ENTRY = fileURLToPath(new URL('./probe-worker.ts', import.meta.url));

export class ProbePool {
  private readonly options: ProbePoolOptions;
  private readonly idle: ChildProcess[] = [];
  private readonly busy = new Map<ChildProcess, Request>();
  private readonly waiting: Request[] = [];
  private isClosed = false;

  constructor(options: ProbePoolOptions) {
    this.options = options;
  }

  /**
   * Size, format, hash and warnings of an image file.
   * Errors: as `inspect`; image-unreadable also when the file took the decoder down.
   */
  inspect(path: string): Promise<Inspection> {
    const { promise, resolve, reject } = Promise.withResolvers<Inspection>();
    this.waiting.push({ path, resolve, reject });
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
    for (const { path, reject } of unanswered) reject(new AppError('cancelled', `${path}: not looked at any more`));
  }

  private assign(): void {
    while (this.waiting.length > 0 && !this.isClosed) {
      const child = this.idle.pop() ?? (this.busy.size < this.options.workers ? this.start() : null);
      if (child === null) return;
      const request = this.waiting.shift()!;
      this.busy.set(child, request);
      child.send({ path: request.path, maxPixels: this.options.maxPixels ?? null } satisfies ProbeRequest);
    }
  }

  private start(): ChildProcess {
    const child = fork(this.options.entry ?? ENTRY, [], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    child.on('message', (reply: ProbeReply) => this.answer(child, reply));
    child.on('exit', (code, signal) => this.mourn(child, signal ?? `code ${code}`));
    // It could not be started, or not be reached any more.
    child.on('error', (error) => {
      child.kill();
      this.mourn(child, error.message);
    });
    return child;
  }

  private answer(child: ChildProcess, reply: ProbeReply): void {
    const request = this.busy.get(child);
    if (request === undefined) return; // closed meanwhile
    this.busy.delete(child);
    this.idle.push(child);
    if ('inspection' in reply) request.resolve(reply.inspection);
    else request.reject(fromErrorRecord(reply.error));
    this.assign();
  }

  private mourn(child: ChildProcess, how: string): void {
    const request = this.busy.get(child);
    this.busy.delete(child);
    const at = this.idle.indexOf(child);
    if (at >= 0) this.idle.splice(at, 1);
    if (request === undefined) return;
    const message = `${request.path}: the image decoder died while reading it (${how})`;
    request.reject(new AppError('image-unreadable', message, { file: request.path, cause: how }));
    this.assign();
  }
}
