/** Weights files on the disk: opened, read in parts, closed; what is wrong with one is said with its name. */

import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../../native-models/weights/byte-source.ts';
import { readWeights, type WeightsFormat } from '../../native-models/weights/read-weights.ts';
import { type WeightsFile, WeightsFormatError } from '../../native-models/weights/stored-tensor.ts';
import { AppError } from '../../preload/contract/errors.ts';

/**
 * What `use` makes of a weights file, which is open meanwhile: tensors are read inside.
 * Errors: file-missing, file-unreadable, weights-invalid; each names the file.
 */
export function withWeights<T>(path: string, use: (file: WeightsFile & { readonly format: WeightsFormat }) => T): T {
  return withFile(path, (file) => {
    try {
      return use(readWeights(sourceOf(path, file)));
    } catch (error) {
      if (!(error instanceof WeightsFormatError)) throw error;
      throw new AppError('weights-invalid', `${path}: ${error.message}`, { file: path }, { cause: error });
    }
  });
}

export interface FileIdentity {
  readonly sha256: string;
  readonly sizeBytes: number;
}

const HASHED_BYTES = 1 << 20; // at a time

/** Errors: file-missing, file-unreadable. */
export function identityOf(path: string): FileIdentity {
  return withFile(path, (file) => {
    const hash = createHash('sha256');
    const part = new Uint8Array(HASHED_BYTES);
    let sizeBytes = 0;
    for (;;) {
      const count = readSync(file, part, 0, part.length, null);
      if (count === 0) return { sha256: hash.digest('hex'), sizeBytes };
      hash.update(part.subarray(0, count));
      sizeBytes += count;
    }
  });
}

function withFile<T>(path: string, use: (file: number) => T): T {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    return use(file);
  } catch (error) {
    throw toFileError(error, path);
  } finally {
    if (file !== null) closeSync(file);
  }
}

function toFileError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof AppError) return error;
  if (error.code === 'ENOENT') {
    return new AppError('file-missing', `weights file ${path} does not exist`, { file: path }, { cause: error });
  }
  if (error.code === 'EISDIR') return new AppError('weights-invalid', `${path} is a folder`, { file: path });
  if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EIO') {
    return new AppError('file-unreadable', `${path}: ${error.message}`, { file: path }, { cause: error });
  }
  return error;
}

function sourceOf(path: string, file: number): ByteSource {
  return {
    sizeBytes: fstatSync(file).size,
    read: (offset, sizeBytes) => {
      const bytes = new Uint8Array(sizeBytes);
      for (let done = 0; done < sizeBytes; ) {
        const count = readSync(file, bytes, done, sizeBytes - done, offset + done);
        if (count === 0)
          throw new AppError('weights-invalid', `${path} became shorter while it was read`, { file: path });
        done += count;
      }
      return bytes;
    },
  };
}
