/** Why a request is not answered as it wishes: a status for programs, a code and words in JSON. */

import { AppError, type ErrorCode } from '../../preload/contract/errors.ts';

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** Whose fault it was. What is not here was ours. */
const STATUSES: { readonly [Code in ErrorCode]?: number } = {
  'bad-argument': 400,
  'bad-hyperparameter': 400,
  'bad-json': 400,
  'image-empty': 400,
  'image-too-large': 400,
  'image-truncated': 400,
  'image-unreadable': 400,
  'out-of-memory': 503,
  'timed-out': 504,
};

/** Null for what no caller can act on: a bug, which goes to the log. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (!(error instanceof AppError)) return null;
  return new Problem(STATUSES[error.code] ?? 500, error.code, error.message);
}
