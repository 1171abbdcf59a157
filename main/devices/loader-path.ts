/**
 * Where the system's loader finds a shared library, in its order: the asking library's rpath, LD_LIBRARY_PATH, its
 * runpath, the loader's cache, the system's folders.
 * Source: ld.so(8); the cache's format is glibc's `struct cache_file_new`, sysdeps/generic/dl-cache.h.
 */

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { readElf } from './elf.ts';

export interface LoaderPath {
  /** LD_LIBRARY_PATH of the process that will load. */
  readonly environmentFolders: readonly string[];
  /** Path by library name, of what the loader's cache lists. */
  readonly cache: ReadonlyMap<string, string>;
  readonly systemFolders: readonly string[];
}

const CACHE_FILE = '/etc/ld.so.cache';
const CACHE_MAGIC = 'glibc-ld.so.cache1.1';
const SYSTEM_FOLDERS = [
  '/lib64',
  '/usr/lib64',
  '/lib',
  '/usr/lib',
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
];

/** The loader path of a child that inherits this environment. */
export function systemLoaderPath(environment: NodeJS.ProcessEnv): LoaderPath {
  return {
    environmentFolders: (environment['LD_LIBRARY_PATH'] ?? '').split(/[:;]/).filter((folder) => folder !== ''),
    cache: existsSync(CACHE_FILE) ? parseLoaderCache(readFileSync(CACHE_FILE)) : new Map(),
    systemFolders: SYSTEM_FOLDERS,
  };
}

const CACHE = { magicBytes: 20, headerBytes: 48, entryBytes: 24 } as const;

/** Path by library name; empty for a cache of another format, which only makes the search fall back to folders. */
export function parseLoaderCache(bytes: Uint8Array): ReadonlyMap<string, string> {
  const text = (start: number, end: number) => new TextDecoder('latin1').decode(bytes.subarray(start, end));
  const found = new Map<string, string>();
  if (bytes.length < CACHE.headerBytes || text(0, CACHE.magicBytes) !== CACHE_MAGIC) return found;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stringAt = (offset: number) => text(offset, bytes.indexOf(0, offset));
  const entries = view.getUint32(CACHE.magicBytes, true);
  for (let i = 0; i < entries; i++) {
    const at = CACHE.headerBytes + i * CACHE.entryBytes;
    if (at + CACHE.entryBytes > bytes.length) break;
    const name = stringAt(view.getUint32(at + 4, true));
    if (!found.has(name)) found.set(name, stringAt(view.getUint32(at + 8, true)));
  }
  return found;
}

/** Where `name` is for the library at `asker` (null: for one that is not here); null where the loader will not find it. */
export function findLibrary(name: string, asker: string | null, path: LoaderPath): string | null {
  if (isAbsolute(name)) return existsSync(name) ? name : null;
  const { rpath, runpath } = asker === null ? { rpath: [], runpath: [] } : readElf(asker);
  const own = (folders: readonly string[]) => folders.map((folder) => withOrigin(folder, asker ?? ''));
  const inFolders = (folders: readonly string[]) =>
    folders.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate)) ?? null;
  const cached = path.cache.get(name);
  return (
    // A library that has a runpath has its rpath ignored.
    inFolders(runpath.length > 0 ? [] : own(rpath)) ??
    inFolders(path.environmentFolders) ??
    inFolders(own(runpath)) ??
    (cached !== undefined && existsSync(cached) ? cached : null) ??
    inFolders(path.systemFolders)
  );
}

function withOrigin(folder: string, asker: string): string {
  return folder.replace(/\$\{ORIGIN\}|\$ORIGIN/g, dirname(realpathSync(asker)));
}

export interface Dependency {
  readonly name: string;
  /** File name of the library that asks for it. */
  readonly neededBy: string;
  /** Null: the loader will not find it. */
  readonly path: string | null;
  /** What is wrong with the file that was found; null where nothing is. */
  readonly problem: string | null;
}

/**
 * Every library that loading `root` brings in, each once, nearest first.
 * Errors: ElfError when `root` itself is not a library.
 */
export function dependenciesOf(root: string, path: LoaderPath): Dependency[] {
  const found = new Map<string, Dependency>();
  const queue = [{ asker: root, needed: readElf(root).needed }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const name of next.needed) {
      if (found.has(name)) continue;
      const at = findLibrary(name, next.asker, path);
      const { needed, problem } = at === null ? { needed: [], problem: null } : inspect(at);
      found.set(name, { name, neededBy: basename(next.asker), path: at, problem });
      if (at !== null && problem === null) queue.push({ asker: at, needed });
    }
  }
  return [...found.values()];
}

function inspect(library: string): { readonly needed: readonly string[]; readonly problem: string | null } {
  try {
    return { needed: readElf(library).needed, problem: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { needed: [], problem: error.message };
  }
}
