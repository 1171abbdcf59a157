/** A process that holds a pair of model files and answers clicks for as long as it is wanted. */

import type { Mask } from '../../native-models/geometry/mask.ts';
import { fromErrorRecord } from '../images/error-record.ts';
import { type Answer, AnsweringProcess } from '../train/answering-process.ts';
import type { ClickAsked, ClickedPicture, ClickJob, ClickQuestion, FromChild } from '../train/protocol.ts';

/** A stranger's model may never end; large ones take a minute for a picture. */
const LONGEST_ANSWER_MS = 180_000;

export class ClickProcess {
  private readonly process: AnsweringProcess<Mask | null>;

  constructor(job: ClickJob) {
    this.process = new AnsweringProcess(job, { answerOf, about: 'a click', limitMs: LONGEST_ANSWER_MS });
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
  close(): Promise<void> {
    return this.process.stop();
  }

  private send(asked: Omit<ClickAsked, 'id'>, signal: AbortSignal | undefined): Promise<Mask | null> {
    return this.process.ask((id) => ({ type: 'click', asked: { id, ...asked } }), signal);
  }
}

function answerOf(message: FromChild): Answer<Mask | null> | null {
  if (message.type !== 'clicked') return null;
  const { id, mask, error } = message;
  return error === null ? { id, value: mask } : { id, error: fromErrorRecord(error) };
}
