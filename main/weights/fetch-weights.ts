/** Brings published weights into the library: downloaded, held against what is known of the file, then added. */

import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { freeBytes, toDiskError } from '../store/disk-errors.ts';
import { KNOWN_WEIGHTS, type KnownWeights } from './catalogue.ts';
import { type DownloadRequest, download, removePart } from './download.ts';
import { addWeights, type LibraryEntry, libraryEntry } from './library.ts';
import { identityOf } from './weights-source.ts';

export interface FetchedWeights {
  readonly entry: LibraryEntry;
  /** Of the published file as it came. */
  readonly sha256: string;
  /** What of the hash was known beforehand and agreed: all of it, or the digits its publisher put into its name. */
  readonly verified: 'sha256' | 'sha256-start';
  /** It was in the library before. */
  readonly was_here: boolean;
}

export type FetchOptions = Pick<DownloadRequest, 'signal' | 'onProgress' | 'idleMs' | 'retryAfterMs'> & {
  /** Another address of the same file, as on a mirror. */
  readonly url?: string;
};

/**
 * A name of the catalogue, or a model's: then the weights it starts from by default.
 * Errors: weights-unknown, naming those there are.
 */
export function knownWeights(nameOrModel: string): KnownWeights {
  const found =
    KNOWN_WEIGHTS.find(({ name }) => name === nameOrModel) ??
    KNOWN_WEIGHTS.find(({ model, url }) => model === nameOrModel && url !== null);
  if (found) return found;
  const names = KNOWN_WEIGHTS.map(({ name }) => name).join(', ');
  throw new AppError('weights-unknown', `no weights "${nameOrModel}" are known; there are: ${names}`, {
    name: nameOrModel,
  });
}

/**
 * Errors: as `download`, with how to bring the file to a machine without a network; bad-argument when nobody publishes
 * the file; download-mismatch when it is not the published one; as `addWeights`.
 */
export async function fetchWeights(
  library: string,
  known: KnownWeights,
  options: FetchOptions,
): Promise<FetchedWeights> {
  const verified = known.sha256 === null ? 'sha256-start' : 'sha256';
  const present = libraryEntry(library, known.name);
  if (present) return { entry: present, sha256: present.sha256!, verified, was_here: true };
  const url = options.url ?? known.url;
  if (url === null) {
    const message = `${known.name} is not published as a file (${known.origin}); bring it with: lightbench weights add FILE`;
    throw new AppError('bad-argument', message, { name: known.name });
  }
  const path = partPath(library, known, url);
  refuseFullDisk(library, known);
  await download({ ...options, url, path, sizeBytes: known.sizeBytes }).catch((error: unknown) => {
    throw withOfflineWay(error, known);
  });
  const sha256 = verifiedHash(path, known, url);
  const entry = addWeights(library, path, known);
  removePart(path);
  return { entry, sha256, verified, was_here: false };
}

function partPath(library: string, { name }: KnownWeights, url: string): string {
  const folder = join(library, 'downloads');
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw toDiskError(error, library, `fetch ${name}`);
  }
  return join(folder, `${name}-${basename(new URL(url).pathname)}.part`);
}

/** The download and the copy in the library's own format are both there for a moment. */
function refuseFullDisk(library: string, { name, sizeBytes }: KnownWeights): void {
  const free = freeBytes(library);
  if (sizeBytes === null || free === null || free >= 2 * sizeBytes) return;
  const message = `fetch ${name}: needs ${2 * sizeBytes} bytes in ${library}, ${free} are free`;
  throw new AppError('disk-full', message, { folder: library, free_bytes: free, needed_bytes: 2 * sizeBytes });
}

function withOfflineWay(error: unknown, { name, url }: KnownWeights): unknown {
  const isOfNetwork =
    error instanceof AppError && (error.code === 'network-unreachable' || error.code === 'download-failed');
  if (!isOfNetwork) return error;
  const way = `without a network, bring ${url ?? 'the file'} from elsewhere and run: lightbench weights add FILE`;
  return new AppError(
    error.code,
    `fetch ${name}: ${error.message}\n${way}`,
    { ...error.details, name },
    { cause: error },
  );
}

/** A file that is not the published one is removed: going on from it could not end well. */
function verifiedHash(path: string, known: KnownWeights, url: string): string {
  const { sha256, sizeBytes } = identityOf(path);
  const due = known.sha256 ?? known.sha256Start;
  if (sha256.startsWith(due)) return sha256;
  removePart(path);
  const expected = known.sha256 === null ? `a hash that begins with ${due}` : due;
  const message = `${url}: came as ${sizeBytes} bytes of SHA-256 ${sha256}, ${expected} is due; it was removed`;
  throw new AppError('download-mismatch', message, { url, sha256, expected: due, size_bytes: sizeBytes });
}
