/** The one place where an `AppError` becomes a reply, and a bug becomes a log line and a reply that tells nothing. */

import { ORPCError } from '@orpc/server';
import type { AppErrorData } from '../../preload/contract/contract.ts';
import { AppError } from '../../preload/contract/errors.ts';

/** Told of errors that are bugs, not replies. */
export type LogBug = (error: unknown) => void;

/** What to throw to the caller for an error of a handler. */
export function replyTo(error: unknown, logBug: LogBug): unknown {
  if (error instanceof AppError) {
    const data: AppErrorData = { code: error.code, details: error.details };
    return new ORPCError('APP_ERROR', { defined: true, message: error.message, data, cause: error });
  }
  const isRefusedInput = error instanceof ORPCError && error.code === 'BAD_REQUEST';
  if (!isRefusedInput) logBug(error);
  return error;
}

/** The same stream, with the error that ends it turned into a reply. */
export async function* toldTo<T>(stream: AsyncIterable<T>, logBug: LogBug): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    throw replyTo(error, logBug);
  }
}
