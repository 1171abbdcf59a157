/**
 * A process that keeps what its job opened (a model) and answers questions for as long as it is wanted. Whatever kills it (a
 * picture that breaks a decoder, memory running out) fails what it was asked, and the next question starts it anew.
 */

import { AppError } from '../../preload/contract/errors.ts';
import { runInChild } from './host.ts';
import type { FromChild, Job, ToChild } from './protocol.ts';

export type Answer<T> = { readonly id: number; readonly value: T } | { readonly id: number; readonly error: Error };

export interface AnsweringOptions<T> {
  /** Null for a message that answers nothing. */
  readonly answerOf: (message: FromChild) => Answer<T> | null;
  /** What it is asked about, in words: "an image". */
  readonly about: string;
  /** The process is ended when an answer takes longer; null: never. */
  readonly limitMs: number | null;
  /** Ends it for good. */
  readonly signal?: AbortSignal | undefined;
}

interface Running<T> {
  readonly say: (message: ToChild) => void;
  readonly due: DueAnswers<T>;
  readonly stop: AbortController;
  /** Settled when it takes questions, or will not. */
  readonly ready: Promise<void>;
  /** Settled when the process is gone, whatever way. */
  readonly gone: Promise<void>;
}

export class AnsweringProcess<T> {
  private readonly job: Job;
  private readonly options: AnsweringOptions<T>;
  private running: Running<T> | null = null;
  private lastId = 0;

  constructor(job: Job, options: AnsweringOptions<T>) {
    this.job = job;
    this.options = options;
  }

  /** Returns when it takes questions. Errors: what the job failed with; cancelled; training-process-died. */
  start(): Promise<void> {
    return this.process().ready;
  }

  /**
   * The answer to a question, which is given its number. `signal` takes the question back and leaves the process as it is. The
   * limit counts from the question on, or from the answer before it: one asked before `start` has returned waits for it too.
   * Errors: the answer's own; cancelled; timed-out, out-of-memory, training-process-died: of this question or of one before it.
   */
  ask(question: (id: number) => ToChild, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(new AppError('cancelled', 'cancelled'));
    const { say, due } = this.process();
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const takeBack = () => {
        due.take(id)?.reject(new AppError('cancelled', 'cancelled'));
        say({ type: 'take-back', id });
      };
      signal?.addEventListener('abort', takeBack, { once: true });
      due.put(id, { resolve, reject, forget: () => signal?.removeEventListener('abort', takeBack) });
      say(question(id));
    });
  }

  /** Ends the process when it has answered what it was asked. */
  async close(): Promise<void> {
    this.running?.say({ type: 'no-more' });
    await this.running?.gone;
  }

  /** Ends the process at once; what it was asked fails. */
  async stop(): Promise<void> {
    this.running?.stop.abort();
    await this.running?.gone;
  }

  private process(): Running<T> {
    this.running ??= this.begin();
    return this.running;
  }

  private begin(): Running<T> {
    const { answerOf, about, limitMs, signal } = this.options;
    const stop = new AbortController();
    const due = new DueAnswers<T>(limitMs, () => stop.abort());
    const ready = Promise.withResolvers<void>();
    ready.promise.catch(() => {}); // who did not wait for it is told by the answer
    let say: Running<T>['say'] = () => {};
    const fail = (error: unknown) => {
      this.running = null;
      ready.reject(error);
      due.rejectAll(error);
    };
    const gone = runInChild(this.job, {
      signal: AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]),
      onStarted: (speak) => {
        say = speak;
      },
      onMessage: (message) => {
        if (message.type === 'ready') ready.resolve();
        const answer = answerOf(message);
        if (answer === null) return;
        if ('error' in answer) due.take(answer.id)?.reject(answer.error);
        else due.take(answer.id)?.resolve(answer.value);
      },
    }).then(
      () => fail(new AppError('training-process-died', `the process that is asked about ${about} has ended`)),
      (error: unknown) => {
        const message = `${about} took longer than ${(limitMs ?? 0) / 1000} s`;
        fail(due.isLate ? new AppError('timed-out', message, { limitMs }) : error);
      },
    );
    return { say: (message) => say(message), due, stop, ready: ready.promise, gone };
  }
}

interface Due<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
  /** Called once, when it is due no more. */
  readonly forget: () => void;
}

/** Answers somebody waits for, by number, with a clock that runs while there is one. */
class DueAnswers<T> {
  private readonly limitMs: number | null;
  private readonly onLate: () => void;
  private readonly waiting = new Map<number, Due<T>>();
  private timer: NodeJS.Timeout | null = null;
  isLate = false;

  constructor(limitMs: number | null, onLate: () => void) {
    this.limitMs = limitMs;
    this.onLate = onLate;
  }

  put(id: number, due: Due<T>): void {
    this.waiting.set(id, due);
    if (this.waiting.size === 1) this.restart();
  }

  /** Null for what nobody waits for any more. */
  take(id: number): Due<T> | null {
    const due = this.waiting.get(id) ?? null;
    if (due === null) return null;
    this.waiting.delete(id);
    due.forget();
    this.restart();
    return due;
  }

  rejectAll(error: unknown): void {
    for (const id of [...this.waiting.keys()]) this.take(id)?.reject(error);
  }

  private restart(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.limitMs === null || this.waiting.size === 0) return;
    this.timer = setTimeout(() => {
      this.isLate = true;
      this.onLate();
    }, this.limitMs);
  }
}
