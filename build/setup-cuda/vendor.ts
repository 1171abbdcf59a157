/**
 * The vendor's package of the CUDA provider. Which package, from which feed, is what the runtime's own install script
 * names, so it follows the pinned version by itself.
 * Source: NuGet server protocol v3: service index, package content, registration and catalog leaf.
 */

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { toDiskError } from '../../main/store/disk-errors.ts';
import { AppError, messageOf } from '../../preload/contract/errors.ts';
import { counted } from './wanted.ts';

export interface VendorPackage {
  readonly name: string;
  readonly version: string;
  /** Address of the feed's service index. */
  readonly index: string;
}

interface InstallMetadata {
  readonly packages: Readonly<
    Record<
      string,
      { readonly name: string; readonly versions: readonly { readonly feed: string; readonly version: string }[] }
    >
  >;
  readonly feeds: Readonly<Record<string, { readonly index: string }>>;
}

/** The package that the installed runtime's own script would fetch. */
export function vendorPackage(): VendorPackage {
  const metadata = createRequire(import.meta.url)('onnxruntime-node/script/install-metadata.js') as InstallMetadata;
  const [, entry] = Object.entries(metadata.packages).find(([key]) => key.includes('linux/x64')) ?? [];
  const [version] = entry?.versions ?? [];
  const feed = version === undefined ? undefined : metadata.feeds[version.feed];
  if (entry === undefined || version === undefined || feed === undefined) {
    throw new AppError('internal-error', 'the runtime package does not name a CUDA package for Linux; use --from');
  }
  return { name: entry.name, version: version.version, index: feed.index };
}

export interface Downloaded {
  readonly address: string;
  /** Whether the vendor's published hash was compared. */
  readonly isVerified: boolean;
}

const LARGEST_PACKAGE_BYTES = 2 ** 30;

/**
 * Streams the package into a file.
 * Errors: device-unavailable when the vendor cannot be reached, or the bytes are not those it published.
 */
export async function download(
  wanted: VendorPackage,
  path: string,
  tell: (bytes: number) => void,
): Promise<Downloaded> {
  const { resources } = await json<{ resources: readonly { '@id': string; '@type': string }[] }>(wanted.index);
  const base = (type: string) => resources.find((resource) => resource['@type'].startsWith(type))?.['@id'] ?? null;
  const content = base('PackageBaseAddress/');
  if (content === null) throw unreachable(wanted.index, 'it lists no package content');
  const name = wanted.name.toLowerCase();
  const address = `${ended(content)}${name}/${wanted.version}/${name}.${wanted.version}.nupkg`;
  const published = await publishedHash(base('RegistrationsBaseUrl'), name, wanted.version);
  const hash = createHash('sha512');
  let done = 0;
  const watch = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      done += chunk.length;
      tell(done);
      yield chunk;
    }
  };
  const body = Readable.fromWeb((await fetched(address)) as never);
  try {
    await pipeline(body, counted(address, LARGEST_PACKAGE_BYTES), watch, createWriteStream(path));
  } catch (error) {
    throw toBroken(error, address, path);
  }
  const got = hash.digest('base64');
  if (published !== null && published !== got)
    throw unreachable(address, `SHA-512 is ${got}, published is ${published}`);
  return { address, isVerified: published !== null };
}

/** Null where the feed does not publish one; what it publishes wrongly is an error. */
async function publishedHash(registrations: string | null, name: string, version: string): Promise<string | null> {
  if (registrations === null) return null;
  const leaf = await json<{ catalogEntry?: unknown }>(`${ended(registrations)}${name}/${version}.json`);
  if (typeof leaf.catalogEntry !== 'string') return null;
  const entry = await json<{ packageHash?: string; packageHashAlgorithm?: string }>(leaf.catalogEntry);
  return entry.packageHashAlgorithm === 'SHA512' ? (entry.packageHash ?? null) : null;
}

const ended = (address: string): string => (address.endsWith('/') ? address : `${address}/`);

async function json<T>(address: string): Promise<T> {
  const body = await fetched(address);
  try {
    return (await new Response(body).json()) as T;
  } catch (error) {
    throw unreachable(address, `it does not answer in JSON (${reasonOf(error)})`);
  }
}

/** A full disk is none of the vendor's. */
function toBroken(error: unknown, address: string, path: string): unknown {
  const cause = toDiskError(error, path, `fetch ${address}`);
  return cause instanceof AppError ? cause : unreachable(address, `it broke off (${reasonOf(error)})`);
}

/** What `fetch` says itself is only that it failed. */
const reasonOf = (error: unknown): string =>
  messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);

async function fetched(address: string): Promise<ReadableStream<Uint8Array>> {
  try {
    const response = await fetch(address);
    if (!response.ok || response.body === null) throw unreachable(address, `it answers ${response.status}`);
    return response.body;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unreachable(address, reasonOf(error));
  }
}

function unreachable(address: string, reason: string): AppError {
  const message = `${address}: ${reason}. Without a network: fetch the package elsewhere and give it with --from FILE`;
  return new AppError('device-unavailable', message, { address });
}
