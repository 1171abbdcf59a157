/** Catches the AppError that an action must end in, to compare its code and message. */

import { AppError } from '../../preload/contract/errors.ts';

/** The AppError thrown by `action`; anything else, or nothing, fails the test. */
export async function appErrorOf(action: () => unknown): Promise<AppError> {
  let value: unknown;
  try {
    value = await action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`expected an AppError, got the value ${JSON.stringify(value)}`);
}
