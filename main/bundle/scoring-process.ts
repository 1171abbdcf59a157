/** A process that holds a bundle's model and scores images for as long as it is wanted. */

import { type Answer, AnsweringProcess } from '../train/answering-process.ts';
import type {
  ExplanationOrder,
  FromChild,
  ImageScore,
  ImageSource,
  ImportedScoreJob,
  ObjectScoreJob,
  ScoreJob,
} from '../train/protocol.ts';

export interface ScoringOptions {
  /** The process is ended when an image takes longer; null: never. */
  readonly timeoutMs: number | null;
  /** Ends it for good. */
  readonly signal?: AbortSignal | undefined;
}

export class ScoringProcess {
  private readonly process: AnsweringProcess<ImageScore>;

  constructor(
    job: ScoreJob | ObjectScoreJob | ImportedScoreJob,
    { timeoutMs, signal }: ScoringOptions = { timeoutMs: null },
  ) {
    this.process = new AnsweringProcess(job, { answerOf, about: 'an image', limitMs: timeoutMs, signal });
  }

  /** Errors: bundle-invalid, bad-hyperparameter when the model cannot be used; training-process-died. */
  start(): Promise<void> {
    return this.process.start();
  }

  /**
   * The score of an image, or why it has none.
   * Errors: training-process-died, timed-out, out-of-memory: of this image or of one that was scored before it.
   */
  async score(image: ImageSource, explain: ExplanationOrder | null = null): Promise<ImageScore> {
    await this.process.start(); // the limit is for the image alone
    return this.process.ask((id) => ({ type: 'score', request: { id, image, explain } }));
  }

  /** Ends the process when it has answered what it was asked. */
  close(): Promise<void> {
    return this.process.close();
  }
}

function answerOf(message: FromChild): Answer<ImageScore> | null {
  return message.type === 'image-score' ? { id: message.id, value: message.score } : null;
}
