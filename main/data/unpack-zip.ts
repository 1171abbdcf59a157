/**
 * Unpacks an archive from a stranger: only regular files, only below the folder, no more than fits and than it says.
 * Source: PKWARE APPNOTE 6.3.10; names are checked by the reader (no absolute ones, none that climbs).
 */

import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { AppError, messageOf } from '../../preload/contract/errors.ts';
import { freeBytes, toDiskError } from '../store/disk-errors.ts';

export interface UnpackLimits {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

const LIMITS: UnpackLimits = { maxFiles: 5_000_000, maxBytes: 1024 ** 4 };
/** Left for everything else on the disk. */
const SPARE_BYTES = 256 * 1024 * 1024;
const [SYMBOLIC_LINK, TYPE_BITS] = [0o120000, 0o170000];

/**
 * Writes the files of an archive into `folder`; returns the names of links, which are left out.
 * Errors: file-unreadable for what is no sound archive, an encrypted one, or one with a name that leads outside or more
 * than the limits; disk-full, before anything is written where its sizes say so; cancelled.
 */
export async function unpackZip(
  path: string,
  folder: string,
  options: { readonly limits?: UnpackLimits; readonly signal?: AbortSignal } = {},
): Promise<string[]> {
  const { limits = LIMITS, signal } = options;
  try {
    const links = await checkEntries(path, limits, folder);
    const zip = await openZip(path);
    for await (const entry of zip.eachEntry()) {
      if (signal?.aborted) throw new AppError('cancelled', `import cancelled while unpacking ${path}`);
      if (!isRegular(entry)) continue;
      const target = join(folder, ...entry.fileName.split('/'));
      mkdirSync(dirname(target), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { flags: 'wx' }));
    }
    return links;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const known = toDiskError(error, folder, `unpack ${path}`);
    if (known instanceof AppError) throw known;
    const reason = messageOf(error);
    throw new AppError('file-unreadable', `${path}: expected a sound ZIP archive, got none (${reason})`, {
      file: path,
    });
  }
}

const openZip = (path: string): Promise<ZipFile> => openPromise(path, { lazyEntries: true, autoClose: true });

/** Reads the directory through before anything is written. */
async function checkEntries(path: string, { maxFiles, maxBytes }: UnpackLimits, folder: string): Promise<string[]> {
  const links: string[] = [];
  let [files, bytes] = [0, 0];
  for await (const entry of (await openZip(path)).eachEntry()) {
    if (entry.isEncrypted()) throw refused(path, `${entry.fileName} is encrypted`);
    if (isLink(entry)) links.push(entry.fileName);
    files += 1;
    bytes += entry.uncompressedSize;
    if (files > maxFiles) throw refused(path, `it has more than ${maxFiles} entries`);
    if (bytes > maxBytes) throw refused(path, `unpacked it is more than ${maxBytes} bytes`);
  }
  const free = freeBytes(folder);
  if (free !== null && bytes + SPARE_BYTES > free) {
    const message = `unpack ${path}: it needs ${bytes} bytes, the disk of ${folder} has ${free} free`;
    throw new AppError('disk-full', message, { folder, free_bytes: free });
  }
  return links;
}

const isLink = ({ externalFileAttributes }: Entry): boolean =>
  ((externalFileAttributes >>> 16) & TYPE_BITS) === SYMBOLIC_LINK;

const isRegular = (entry: Entry): boolean => !entry.fileName.endsWith('/') && !isLink(entry);

function refused(path: string, reason: string): AppError {
  return new AppError('file-unreadable', `import: ${path} is not unpacked: ${reason}`, { file: path });
}
