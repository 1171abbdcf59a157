/** Tiles of large pictures this machine has cut, by the content of the picture: a folder for each part of a pyramid. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TilePlace, tileName } from '../../native-models/geometry/tile-pyramid.ts';
import { ChildPool } from './child-pool.ts';
import { KeptFolders } from './kept-folders.ts';
import { type PyramidPart, partOf, TILE_ENDING } from './pyramid-parts.ts';

/** Some twenty pictures of 100 megapixels. */
const MOST_BYTES = 4 * 2 ** 30;
/** What an engine that died has left half-made; nothing takes that long. */
const STALE_MS = 3_600_000;

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
  private readonly kept: KeptFolders;
  /** One: each has a core and a disk to itself. */
  private readonly children: ChildPool<PyramidRequest, number>;
  private readonly making = new Map<string, Making>();

  /** `folder` is made when first needed. */
  constructor(folder: string, { nowMs, mostBytes = MOST_BYTES, entry = ENTRY }: PyramidCacheOptions) {
    this.kept = new KeptFolders(folder, { nowMs, mostBytes, staleMs: STALE_MS });
    this.children = new ChildPool({ workers: 1, entry });
  }

  /**
   * Sees to it that a part of the pyramid of the picture with that content is there.
   * Errors: those of `decode`; cancelled when the signal is aborted, or the cache closed, first.
   */
  async ensure(sha256: string, path: string, part: PyramidPart, signal: AbortSignal): Promise<void> {
    const name = `${sha256}-${part}`;
    if (this.kept.has(name)) return this.kept.use(name);
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
    const path = join(this.kept.path(`${sha256}-${part}`), `${tileName(place).replace('-', '_')}${TILE_ENDING[part]}`);
    return existsSync(path) ? path : null;
  }

  close(): void {
    this.children.close();
  }

  private begin(name: string, path: string, part: PyramidPart): Making {
    const stop = new AbortController();
    const fill = (folder: string) => this.children.ask({ path, part, folder }, stop.signal);
    const done = this.kept.make(name, fill).finally(() => this.making.delete(name));
    const making = { done, stop, waiting: 0 };
    this.making.set(name, making);
    return making;
  }
}
