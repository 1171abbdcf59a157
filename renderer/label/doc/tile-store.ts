/** Tiles that are loaded, on their way, or to be loaded: so many at a time, and the oldest given up for those in use. */

import type { TilePlace } from '../../../native-models/geometry/tile-pyramid.ts';
import { tileKey } from './tile-plan.ts';

export interface TileSource<T> {
  /** Rejects when the signal is aborted, or the tile cannot be had. */
  load(place: TilePlace, signal: AbortSignal): Promise<T>;
  /** Lets its memory go. */
  release(tile: T): void;
}

export interface TileStoreOptions {
  /** Fewer than the connections a browser has to one server, so that others have their turn. */
  readonly atOnce?: number;
  /** Tiles kept besides those that are wanted. Each is a megabyte. */
  readonly mostOthers?: number;
}

export class TileStore<T> {
  private readonly source: TileSource<T>;
  private readonly onLoaded: () => void;
  private readonly atOnce: number;
  private readonly mostOthers: number;
  /** By key, those used last at the end. */
  private readonly tiles = new Map<string, T>();
  private readonly loading = new Map<string, AbortController>();
  /** Not asked for again: it would not come. */
  private readonly failed = new Set<string>();
  private wanted: readonly TilePlace[] = [];
  private isClosed = false;

  constructor(source: TileSource<T>, onLoaded: () => void, { atOnce = 4, mostOthers = 64 }: TileStoreOptions = {}) {
    this.source = source;
    this.onLoaded = onLoaded;
    this.atOnce = atOnce;
    this.mostOthers = mostOthers;
  }

  /** What is wanted from now on, the most urgent first; what is on its way and no longer wanted is stopped. */
  want(places: readonly TilePlace[]): void {
    this.wanted = places;
    const keys = new Set(places.map(tileKey));
    for (const [key, stop] of this.loading) if (!keys.has(key)) stop.abort();
    for (const key of keys) this.touch(key);
    this.giveUp(keys);
    this.loadNext();
  }

  get(place: TilePlace): T | null {
    return this.tiles.get(tileKey(place)) ?? null;
  }

  /** How many are held. */
  get size(): number {
    return this.tiles.size;
  }

  close(): void {
    this.isClosed = true;
    for (const stop of this.loading.values()) stop.abort();
    for (const tile of this.tiles.values()) this.source.release(tile);
    this.tiles.clear();
  }

  private touch(key: string): void {
    const tile = this.tiles.get(key);
    if (tile === undefined) return;
    this.tiles.delete(key);
    this.tiles.set(key, tile);
  }

  private giveUp(kept: ReadonlySet<string>): void {
    const others = [...this.tiles.keys()].filter((key) => !kept.has(key));
    for (const key of others.slice(0, Math.max(0, others.length - this.mostOthers))) {
      this.source.release(this.tiles.get(key)!);
      this.tiles.delete(key);
    }
  }

  private loadNext(): void {
    for (const place of this.wanted) {
      if (this.loading.size >= this.atOnce || this.isClosed) return;
      const key = tileKey(place);
      if (!this.tiles.has(key) && !this.loading.has(key) && !this.failed.has(key)) void this.load(key, place);
    }
  }

  private async load(key: string, place: TilePlace): Promise<void> {
    const stop = new AbortController();
    this.loading.set(key, stop);
    try {
      const tile = await this.source.load(place, stop.signal);
      if (this.isClosed) return this.source.release(tile);
      this.tiles.set(key, tile);
      this.onLoaded();
    } catch {
      // What was stopped may be wanted again; a coarser tile stays in the place of one that cannot be had.
      if (!stop.signal.aborted) this.failed.add(key);
    } finally {
      this.loading.delete(key);
      this.loadNext();
    }
  }
}
