/**
 * A process that holds a bundle's model and scores images for as long as it is wanted. Whatever kills it (a picture that
 * breaks a decoder, memory running out) fails the images it was asked for, and the next one starts it anew.
 */

import { AppError } from '../../preload/contract/errors.ts';
import { runInChild } from '../train/host.ts';
import type {
  ExplanationOrder,
  FromChild,
  ImageScore,
  ImageSource,
  ImportedScoreJob,
  ObjectScoreJob,
  ScoreJob,
  ToChild,
} from '../train/protocol.ts';

interface Asked {
  readonly resolve: (score: ImageScore) => void;
  readonly reject: (error: unknown) => void;
}

interface Running {
  readonly say: (message: ToChild) => void;
  /** By the number of the request. */
  readonly asked: Map<number, Asked>;
  /** Settled when the process is gone, whatever way. */
  readonly gone: Promise<void>;
}

export interface ScoringOptions {
  /** The process is ended when an image takes longer; null: never. */
  readonly timeoutMs: number | null;
  /** Ends it for good. */
  readonly signal?: AbortSignal | undefined;
}

export class ScoringProcess {
  private readonly job: ScoreJob | ObjectScoreJob | ImportedScoreJob;
  private readonly options: ScoringOptions;
  private running: Promise<Running> | null = null;
  private lastId = 0;

  constructor(job: ScoreJob | ObjectScoreJob | ImportedScoreJob, options: ScoringOptions = { timeoutMs: null }) {
    this.job = job;
    this.options = options;
  }

  /** Errors: bundle-invalid, bad-hyperparameter when the model cannot be used; training-process-died. */
  async start(): Promise<void> {
    await this.process();
  }

  /**
   * The score of an image, or why it has none.
   * Errors: training-process-died, timed-out, out-of-memory: of this image or of one that was scored before it.
   */
  async score(image: ImageSource, explain: ExplanationOrder | null = null): Promise<ImageScore> {
    const running = await this.process();
    const id = ++this.lastId;
    const answer = new Promise<ImageScore>((resolve, reject) => running.asked.set(id, { resolve, reject }));
    running.say({ type: 'score', request: { id, image, explain } });
    return answer;
  }

  /** Ends the process when it has answered what it was asked. */
  async close(): Promise<void> {
    const running = await this.running?.catch(() => null); // one that did not start has nothing to end
    running?.say({ type: 'no-more' });
    await running?.gone;
  }

  private process(): Promise<Running> {
    this.running ??= this.begin();
    return this.running;
  }

  private begin(): Promise<Running> {
    return new Promise((resolve, reject) => {
      const asked = new Map<number, Asked>();
      const stop = new AbortController();
      const timer = new ReplyTimer(this.options.timeoutMs, () => stop.abort());
      let say: Running['say'] = () => {};
      const fail = (error: unknown) => {
        this.running = null;
        timer.clear();
        reject(error);
        for (const { reject: refuse } of asked.values()) refuse(error);
        asked.clear();
      };
      const gone = runInChild(this.job, {
        signal: AbortSignal.any([stop.signal, ...(this.options.signal ? [this.options.signal] : [])]),
        onStarted: (speak) => {
          say = (message) => {
            if (message.type === 'score' && asked.size === 1) timer.start();
            speak(message);
          };
        },
        onMessage: (message: FromChild) => {
          if (message.type === 'ready') resolve({ say, asked, gone });
          if (message.type !== 'image-score') return;
          asked.get(message.id)?.resolve(message.score);
          asked.delete(message.id);
          if (asked.size === 0) timer.clear();
          else timer.start();
        },
      }).then(
        () => fail(new AppError('training-process-died', 'the scoring process has ended')),
        (error: unknown) => fail(timer.isOver ? timer.error() : error),
      );
    });
  }
}

/** Runs while an answer is due. */
class ReplyTimer {
  private readonly limitMs: number | null;
  private readonly onOver: () => void;
  private timer: NodeJS.Timeout | null = null;
  isOver = false;

  constructor(limitMs: number | null, onOver: () => void) {
    this.limitMs = limitMs;
    this.onOver = onOver;
  }

  start(): void {
    this.clear();
    if (this.limitMs === null) return;
    this.timer = setTimeout(() => {
      this.isOver = true;
      this.onOver();
    }, this.limitMs);
  }

  clear(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  error(): AppError {
    const limitMs = this.limitMs;
    return new AppError('timed-out', `an image took longer than ${(limitMs ?? 0) / 1000} s`, { limitMs });
  }
}
