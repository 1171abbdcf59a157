/**
 * A process that holds a pair of model files and answers clicks for as long as it is wanted. Whatever kills it fails what it was
 * asked, and the next click starts it anew.
 */

import type { Mask } from '../../native-models/geometry/mask.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { fromErrorRecord } from '../images/error-record.ts';
import { runInChild } from '../train/host.ts';
import type { ClickAsked, ClickedPicture, ClickJob, ClickQuestion, FromChild, ToChild } from '../train/protocol.ts';

interface Waiting {
  readonly resolve: (mask: Mask | null) => void;
  readonly reject: (error: unknown) => void;
}

interface Running {
  readonly say: (message: ToChild) => void;
  readonly waiting: Map<number, Waiting>;
  readonly stop: AbortController;
  /** Settled when the process is gone, whatever way. */
  readonly gone: Promise<void>;
}

/** A stranger's model may never end; large ones take a minute for a picture. */
const LONGEST_ANSWER_MS = 180_000;

export class ClickProcess {
  private readonly job: ClickJob;
  private running: Running | null = null;
  private lastId = 0;

  constructor(job: ClickJob) {
    this.job = job;
  }

  /** Errors: cancelled; timed-out, training-process-died; model-invalid; those of reading images. */
  ask(question: ClickQuestion, signal: AbortSignal | undefined): Promise<Mask | null> {
    return this.send({ picture: question.picture, question }, signal);
  }

  /** Looks at a picture ahead of the first click, after whatever somebody waits for. Errors: as `ask`. */
  async prepare(picture: ClickedPicture, signal: AbortSignal | undefined): Promise<void> {
    await this.send({ picture, question: null }, signal);
  }

  /** Ends it at once. */
  async close(): Promise<void> {
    this.running?.stop.abort();
    await this.running?.gone;
  }

  private send(asked: Omit<ClickAsked, 'id'>, signal: AbortSignal | undefined): Promise<Mask | null> {
    if (signal?.aborted === true) return Promise.reject(new AppError('cancelled', 'cancelled'));
    this.running ??= this.begin();
    const { say, waiting, stop } = this.running;
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        const message = `the model took longer than ${LONGEST_ANSWER_MS / 1000} s`;
        reject(new AppError('timed-out', message, { limitMs: LONGEST_ANSWER_MS }));
        stop.abort();
      }, LONGEST_ANSWER_MS);
      const leave = () => {
        waiting.delete(id);
        say({ type: 'drop-click', id });
        clearTimeout(late);
        reject(new AppError('cancelled', 'cancelled'));
      };
      const settled = () => {
        clearTimeout(late);
        signal?.removeEventListener('abort', leave);
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.set(id, {
        resolve: (mask) => {
          settled();
          resolve(mask);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      say({ type: 'click', asked: { id, ...asked } });
    });
  }

  private begin(): Running {
    const waiting = new Map<number, Waiting>();
    const stop = new AbortController();
    let say: Running['say'] = () => {};
    const fail = (error: unknown) => {
      this.running = null;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    const onMessage = (message: FromChild) => {
      if (message.type !== 'clicked') return;
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error !== null) asked?.reject(fromErrorRecord(message.error));
      else asked?.resolve(message.mask);
    };
    const gone = runInChild(this.job, {
      signal: stop.signal,
      onMessage,
      onStarted: (speak) => {
        say = speak;
      },
    }).then(() => fail(new AppError('training-process-died', 'the process that answers clicks has ended')), fail);
    return { say: (message) => say(message), waiting, stop, gone };
  }
}
