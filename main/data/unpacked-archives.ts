/**
 * Archives as folders. The one that was opened last stays unpacked until another is opened or `close`, so that looking at a
 * data set, trying its import and importing it unpack it once.
 */

import { mkdtempSync, statSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { toReadError } from './read-error.ts';
import { unpackZip } from './unpack-zip.ts';

export interface Archive {
  /** Where its data set begins. */
  readonly folder: string;
  readonly warnings: readonly string[];
}

/** An archive that somebody reads. */
export interface OpenArchive extends Archive {
  /** Says that it is read no more. */
  release(): Promise<void>;
}

interface Unpacked {
  /** Of the file as it was: another path, size, time or place on the disk is another archive. */
  readonly key: string;
  /** Where it lies, to be removed. */
  readonly place: string;
  readonly archive: Promise<Archive>;
  readers: number;
}

export class UnpackedArchives {
  private readonly parent: string;
  private kept: Unpacked | null = null;

  /** Unpacks into folders of its own below `parent`. */
  constructor(parent: string = tmpdir()) {
    this.parent = parent;
  }

  /** Errors: file-missing, file-unreadable; as `unpackZip`, and then nothing is kept. */
  async open(path: string, signal?: AbortSignal): Promise<OpenArchive> {
    const key = keyOf(path);
    const before = this.kept;
    const unpacked = before?.key === key ? before : this.begin(key, path, signal);
    unpacked.readers += 1;
    if (before !== null && before !== unpacked) await removeUnread(before);
    const release = async () => {
      unpacked.readers -= 1;
      if (unpacked !== this.kept) await removeUnread(unpacked);
    };
    try {
      return { ...(await unpacked.archive), release };
    } catch (error) {
      if (this.kept === unpacked) this.kept = null;
      await release();
      const isOfAnother = error instanceof AppError && error.code === 'cancelled' && signal?.aborted !== true;
      if (isOfAnother) return this.open(path, signal); // whoever began to unpack it has given up
      throw error;
    }
  }

  /** Removes what is unpacked, as soon as nobody reads it. */
  async close(): Promise<void> {
    const { kept } = this;
    this.kept = null;
    if (kept !== null) await removeUnread(kept);
  }

  private begin(key: string, path: string, signal: AbortSignal | undefined): Unpacked {
    const place = mkdtempSync(join(this.parent, 'lightbench-archive-'));
    const archive = unpack(path, place, signal);
    archive.catch(() => {}); // met by whoever waits for it
    this.kept = { key, place, archive, readers: 0 };
    return this.kept;
  }
}

async function removeUnread({ readers, place, archive }: Unpacked): Promise<void> {
  if (readers > 0) return;
  await archive.catch(() => null); // it must not be unpacked into what is removed
  await rm(place, { recursive: true, force: true });
}

/** At once, so that of several who open an archive the first one unpacks it. */
function keyOf(path: string): string {
  try {
    const file = statSync(path);
    return [path, file.dev, file.ino, file.size, file.mtimeMs].join(' ');
  } catch (error) {
    throw toReadError(error, path);
  }
}

async function unpack(path: string, place: string, signal: AbortSignal | undefined): Promise<Archive> {
  let folder = join(place, 'archive');
  await mkdir(folder);
  const links = await unpackZip(path, folder, signal === undefined ? {} : { signal });
  for (let inner = await onlyFolder(folder); inner !== null; inner = await onlyFolder(folder)) folder = inner;
  return { folder, warnings: links.map((name) => `${path}/${name}: is a link, and was not unpacked`) };
}

/** The folder that is all there is in a folder, or null; a folder of a class has pictures beside it. */
async function onlyFolder(folder: string): Promise<string | null> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => name !== '__MACOSX');
  return entries.length === 1 && entries[0]!.isDirectory() ? join(folder, entries[0]!.name) : null;
}
