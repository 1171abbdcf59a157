/**
 * Wrong input or wrong state, as opposed to a bug: something a person can understand and act on.
 * The user interface and scripts switch on the code, people read the message.
 */

export const ERROR_CODES = [
  'address-in-use',
  'address-not-allowed',
  'bad-annotation',
  'bad-argument',
  'bad-csv',
  'bad-json',
  'bad-label',
  'bad-predictions',
  'bad-hyperparameter',
  'bad-sweep',
  'bad-xml',
  'bundle-invalid',
  'cancelled',
  'class-not-found',
  'device-unavailable',
  'disk-full',
  'download-failed',
  'download-mismatch',
  'duplicate-name',
  'edit-conflict',
  'engine-unreachable',
  'file-missing',
  'file-unreadable',
  'format-unsupported',
  'folder-exists',
  'folder-not-allowed',
  'folder-unwritable',
  'image-empty',
  'image-missing',
  'image-too-large',
  'image-truncated',
  'image-unknown',
  'image-unreadable',
  'internal-error',
  'model-invalid',
  'model-unknown',
  'network-unreachable',
  'no-project',
  'not-a-project',
  'out-of-memory',
  'project-damaged',
  'project-in-use',
  'project-too-new',
  'run-not-found',
  'run-without-model',
  'run-not-resumable',
  'run-wrong-state',
  'sweep-not-found',
  'sweep-wrong-state',
  'timed-out',
  'training-diverged',
  'training-process-died',
  'transfer-under-way',
  'too-few-images',
  'weights-invalid',
  'weights-unknown',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** `details` holds what a program needs to point at the place: file, line, field, expected, got. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/** What was thrown, in words. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
