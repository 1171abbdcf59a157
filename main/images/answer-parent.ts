/** The child's side of a `ChildPool`: one file at a time, and an end when there is nobody left to answer. */

import type { ChildReply } from './child-pool.ts';
import { configureDecoder } from './decode.ts';
import { toErrorRecord } from './error-record.ts';

/** Answers every message of the parent with what `work` makes of it. */
export function answerParent<A, T>(work: (asked: A) => Promise<T>): void {
  configureDecoder();
  process.on('message', async (asked: A) => {
    let reply: ChildReply<T>;
    try {
      reply = { value: await work(asked) };
    } catch (error) {
      reply = { error: toErrorRecord(error) };
    }
    process.send!(reply);
  });
  process.on('disconnect', () => process.exit());
}
