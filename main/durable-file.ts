/** Files that are either there whole or not at all, whatever dies meanwhile. */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './new-folder.ts';
import { toDiskError } from './store/disk-errors.ts';

/**
 * Writes a file beside its place, flushes it, and renames it there; makes the folder if need be.
 * Errors: disk-full, folder-unwritable.
 */
export function writeDurably(path: string, content: Uint8Array | string): void {
  writeDurablyInParts(path, [typeof content === 'string' ? new TextEncoder().encode(content) : content]);
}

/** The same for content that is made piece by piece. */
export function writeDurablyInParts(path: string, parts: Iterable<Uint8Array>): void {
  const folder = dirname(path);
  const partial = `${path}.partial`;
  try {
    makeFolder(folder);
    writeFlushed(partial, parts);
    renameSync(partial, path);
    flushFolder(folder);
  } catch (error) {
    rmSync(partial, { force: true }); // best effort: the error that is thrown says more than a left-over file
    throw toDiskError(error, folder, `write ${path}`);
  }
}

function writeFlushed(path: string, parts: Iterable<Uint8Array>): void {
  const file = openSync(path, 'w');
  try {
    for (const bytes of parts) {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Waits until what was written to a file by another hand has reached the disk. */
export function flushFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename is safe only once the folder that holds the name has reached the disk. */
export function flushFolder(folder: string): void {
  if (process.platform === 'win32') return; // Windows does not open folders, and flushes names with the file
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
