/**
 * Tiles of large pictures this machine has cut, by the content of the picture: a folder for each part of a pyramid, beside
 * the small pictures and for all projects. Those unused for longest go when there are too many bytes.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TilePlace, tileName } from '../../native-models/geometry/tile-pyramid.ts';
import { ChildPool } from './child-pool.ts';
import { type PyramidPart, partOf, TILE_ENDING } from './pyramid-parts.ts';

/** Some twenty pictures of 100 megapixels. */
const MOST_BYTES = 4 * 2 ** 30;
/** Evicting goes this far below, so that it is seldom. */
const KEPT_FRACTION = 0.9;
/** What an engine that died has left half-made; nothing takes that long. */
const STALE_MS = 3_600_000;
const PARTIAL = '.partial-';
/** In a part's folder, beside its levels: how many bytes its tiles have. */
const SIZE_FILE = 'size';

export interface PyramidRequest {
  readonly path: string;
  readonly part: PyramidPart;
  readonly folder: string;
}

export interface PyramidCacheOptions {
  readonly nowMs: () => number;
  readonly mostBytes?: number;
  readonly entry?: string;
}

/** A part that is being made, and how many wait for it. */
interface Making {
  readonly done: Promise<void>;
  readonly stop: AbortController;
  waiting: number;
}

const ENTRY = fileURLToPath(new URL('./pyramid-worker.ts', import.meta.url));

export class PyramidCache {
  private readonly folder: string;
  private readonly mostBytes: number;
  private readonly nowMs: () => number;
  /** One: each has a core and a disk to itself. */
  private readonly children: ChildPool<PyramidRequest, number>;
  private readonly making = new Map<string, Making>();

  /** `folder` is made when first needed. */
  constructor(folder: string, { nowMs, mostBytes = MOST_BYTES, entry = ENTRY }: PyramidCacheOptions) {
    this.folder = folder;
    this.mostBytes = mostBytes;
    this.nowMs = nowMs;
    this.children = new ChildPool({ workers: 1, entry });
  }

  /**
   * Sees to it that a part of the pyramid of the picture with that content is there.
   * Errors: those of `decode`; cancelled when the signal is aborted, or the cache closed, first.
   */
  async ensure(sha256: string, path: string, part: PyramidPart, signal: AbortSignal): Promise<void> {
    const name = `${sha256}-${part}`;
    if (existsSync(join(this.folder, name))) return this.use(name);
    const making = this.making.get(name) ?? this.begin(name, path, part);
    making.waiting++;
    const leave = () => {
      if (--making.waiting === 0) making.stop.abort();
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      await making.done;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** The file of a tile; null where it is not there, or no longer. */
  tileFile(sha256: string, place: TilePlace): string | null {
    const part = partOf(place.level);
    const path = join(this.folder, `${sha256}-${part}`, `${tileName(place).replace('-', '_')}${TILE_ENDING[part]}`);
    return existsSync(path) ? path : null;
  }

  close(): void {
    this.children.close();
  }

  private begin(name: string, path: string, part: PyramidPart): Making {
    const stop = new AbortController();
    const done = this.make(name, path, part, stop.signal).finally(() => this.making.delete(name));
    const making = { done, stop, waiting: 0 };
    this.making.set(name, making);
    return making;
  }

  private async make(name: string, path: string, part: PyramidPart, signal: AbortSignal): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    this.removeStale();
    const partial = await mkdtemp(join(this.folder, PARTIAL));
    try {
      const bytes = await this.children.ask({ path, part, folder: partial }, signal);
      await writeFile(join(partial, SIZE_FILE), String(bytes));
      this.publish(partial, name);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    this.use(name);
    this.evict(name);
  }

  private publish(partial: string, name: string): void {
    const folder = join(this.folder, name);
    try {
      renameSync(partial, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error; // another engine was first
    }
  }

  /** The time of a folder is when its tiles were wanted last. */
  private use(name: string): void {
    const now = new Date(this.nowMs());
    utimesSync(join(this.folder, name), now, now);
  }

  /** `latest` stays, however large. */
  private evict(latest: string): void {
    const parts = this.entries()
      .filter((name) => !name.startsWith(PARTIAL) && existsSync(join(this.folder, name, SIZE_FILE)))
      .map((name) => ({
        name,
        bytes: Number(readFileSync(join(this.folder, name, SIZE_FILE), 'utf8')),
        usedMs: statSync(join(this.folder, name)).mtimeMs,
      }))
      .sort((a, b) => a.usedMs - b.usedMs);
    const size = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    if (size <= this.mostBytes) return;
    let excess = size - this.mostBytes * KEPT_FRACTION;
    for (const { name, bytes } of parts) {
      if (excess <= 0 || name === latest) continue;
      // Out of sight first, so that no tile is missing from a part that seems to be there.
      const going = join(this.folder, `${PARTIAL}${name}`);
      renameSync(join(this.folder, name), going);
      rmSync(going, { recursive: true, force: true });
      excess -= bytes;
    }
  }

  private removeStale(): void {
    for (const name of this.entries().filter((entry) => entry.startsWith(PARTIAL))) {
      const path = join(this.folder, name);
      const mtimeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
      if (this.nowMs() - mtimeMs > STALE_MS) rmSync(path, { recursive: true, force: true });
    }
  }

  private entries(): string[] {
    return readdirSync(this.folder);
  }
}
