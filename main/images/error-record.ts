/** Errors on their way between threads and processes, which class instances do not survive. */

import { AppError, type ErrorCode } from '../../preload/contract/errors.ts';

export interface ErrorRecord {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** An error as plain data. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  return { code: null, message: error instanceof Error ? (error.stack ?? error.message) : String(error), details: {} };
}

/** The error that `toErrorRecord` was given, as far as it can be made again. */
export function fromErrorRecord({ code, message, details }: ErrorRecord): Error {
  return code === null ? new Error(message) : new AppError(code, message, details);
}
