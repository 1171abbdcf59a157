/** The key that signs sessions, kept over restarts so that an open window reconnects without a new link. */

import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { RandomBytes } from './doorkeeper.ts';

const KEY_BYTES = 32;
const NAME = 'session.key';

/**
 * The key of a folder, made on first use and readable by its user alone.
 * Errors: folder-unwritable; file-unreadable when what is there is no key.
 */
export function sessionKey(folder: string, random: RandomBytes): Buffer {
  const path = join(folder, NAME);
  try {
    if (!existsSync(path)) makeKey(folder, path, random);
  } catch (error) {
    const message = `serve: cannot keep the session key in ${folder}: ${(error as Error).message}`;
    throw new AppError('folder-unwritable', message, { folder }, { cause: error });
  }
  const key = readFileSync(path);
  if (key.length === KEY_BYTES) return key;
  const message = `serve: ${path} holds ${key.length} bytes, a session key has ${KEY_BYTES}; remove the file`;
  throw new AppError('file-unreadable', message, { path });
}

/** The name appears with the whole key; of two programs that start at once, the first one's key counts. */
function makeKey(folder: string, path: string, random: RandomBytes): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, random(KEY_BYTES), { mode: 0o600, flush: true });
  try {
    linkSync(partial, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(partial, { force: true });
  }
}
