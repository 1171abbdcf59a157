/** A JSON Lines file that replies are appended to, by a program that may be killed at any moment and is started again. */

import { closeSync, fsyncSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { makeFolder } from '../new-folder.ts';
import { toDiskError } from '../store/disk-errors.ts';

export class BatchLines {
  private readonly file: string;
  private readonly handle: number;
  /** Images that have a score in the file. */
  readonly scored: ReadonlySet<string>;

  /** Errors: bad-json when a line of the file is no reply; folder-exists where it is a folder; disk-full, folder-unwritable. */
  constructor(file: string) {
    this.file = file;
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw new AppError('folder-exists', `--lines ${file} is a folder, a file is needed`);
    this.scored = there === undefined ? new Set() : scoredIn(file);
    this.handle = onDisk(file, () => {
      makeFolder(dirname(file));
      return openSync(file, 'a');
    });
  }

  /** One line, whole. Errors: disk-full, folder-unwritable. */
  append(reply: object): void {
    const line = Buffer.from(`${JSON.stringify(reply)}\n`);
    onDisk(this.file, () => {
      for (let at = 0; at < line.length; ) at += writeSync(this.handle, line, at, line.length - at);
    });
  }

  close(): void {
    onDisk(this.file, () => fsyncSync(this.handle));
    closeSync(this.handle);
  }
}

function onDisk<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toDiskError(error, dirname(file), `write ${file}`);
  }
}

/** A last line without its end was being written when the program died: it is cut off. */
function scoredIn(file: string): Set<string> {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').slice(0, -1);
  const names = lines.flatMap((line, i) => nameIn(line, `${file}:${i + 1}`));
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return new Set(names);
}

/** None for an image that failed: it is tried again. */
function nameIn(line: string, place: string): string[] {
  try {
    const { filename, probs, boxes } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    if (typeof filename === 'string') return Array.isArray(probs ?? boxes) ? [filename] : [];
  } catch {
    // not JSON: said below, as for JSON of another shape
  }
  throw new AppError('bad-json', `${place} is no reply of a scored image; choose another --lines`, { place });
}
