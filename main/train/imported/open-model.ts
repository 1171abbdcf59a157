/** Opens and runs a model file that a stranger made; whatever is wrong with it is told as what it is. */

import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { inspectModel, type ModelText } from '../../../native-models/onnx/inspect-model.ts';
import { ModelFormatError } from '../../../native-models/onnx/read-weights.ts';
import { AppError, messageOf } from '../../../preload/contract/errors.ts';
import { type Feeds, openSession, type Session, type SessionOptions } from '../runtime.ts';

/** Half of what the format can hold; the largest published models for labelling have less. */
export const LARGEST_MODEL_BYTES = 1 << 30;

export interface ForeignFile {
  readonly bytes: Buffer;
  readonly text: ModelText;
}

/** Errors: file-missing, model-invalid. */
export function readForeign(path: string): ForeignFile {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) throw new AppError('file-missing', `there is no model file ${path}`, { file: path });
  if (found.size > LARGEST_MODEL_BYTES) {
    const message = `${path}: ${found.size} bytes are more than a model may have (${LARGEST_MODEL_BYTES})`;
    throw new AppError('model-invalid', message, { file: path, got: found.size, expected: LARGEST_MODEL_BYTES });
  }
  const bytes = readFileSync(path);
  try {
    return { bytes, text: inspectModel(bytes) };
  } catch (error) {
    if (!(error instanceof ModelFormatError)) throw error;
    throw new AppError('model-invalid', `${path} ${error.message}`, { file: path }, { cause: error });
  }
}

/**
 * A session over bytes, so that nothing but the file itself is ever read.
 * Errors: file-missing, model-invalid with the runtime's words.
 */
export async function openForeign(path: string, options: SessionOptions): Promise<Session> {
  const { bytes } = readForeign(path);
  try {
    return await openSession(bytes, options);
  } catch (error) {
    throw refusal(path, 'cannot be run', error);
  }
}

/** Errors: model-invalid with the runtime's words, as for shapes that do not fit. */
export async function runForeign(
  session: Session,
  path: string,
  feeds: Feeds,
  wanted?: readonly string[],
): Promise<Feeds> {
  try {
    return wanted === undefined ? await session.run(feeds) : await session.run(feeds, [...wanted]);
  } catch (error) {
    throw refusal(path, 'failed on a picture', error);
  }
}

function refusal(path: string, what: string, cause: unknown): AppError {
  const words = messageOf(cause);
  return new AppError('model-invalid', `${basename(path)} ${what}: ${words}`, { file: path }, { cause });
}
