/** A large picture that is shown by its tiles: what of them the engine has made, and what of them is here. */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import { type TilePlace, tileName } from '../../../native-models/geometry/tile-pyramid.ts';
import { planTiles, type ReadyParts, type TilePlan } from '../doc/tile-plan.ts';
import { TileStore } from '../doc/tile-store.ts';

type Part = keyof ReadyParts;

export interface TileAddresses {
  /** Below which the tiles are; absolute. */
  readonly tiles: string;
  /** Of a small picture, which is shown until tiles are there. */
  readonly thumbnail: string;
}

export class TiledPicture {
  readonly size: Size;
  readonly addresses: TileAddresses;
  private readonly store: TileStore<ImageBitmap>;
  private readonly closing = new AbortController();
  private readonly asked = new Map<Part, Promise<void>>();
  private readonly listeners = new Set<() => void>();
  private ready: ReadyParts = { coarse: false, exact: false };
  private small: ImageBitmap | null = null;

  constructor(size: Size, addresses: TileAddresses) {
    this.size = size;
    this.addresses = addresses;
    const load = (place: TilePlace, signal: AbortSignal) => this.load(place, signal);
    this.store = new TileStore({ load, release: (tile) => tile.close() }, () => this.tell());
  }

  /** Asks for what is seen first. Rejects where the picture cannot be read, or it was closed. */
  async open(): Promise<void> {
    // best effort: the small picture only fills the time until tiles are there
    void this.loadSmall().catch(() => {});
    await this.prepare('coarse');
  }

  /** Called when there is more to draw. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** What a view shows, and has loaded next. Units: image pixels; screen pixels for an image pixel. */
  look(seen: Xyxy, scale: number): TilePlan {
    const plan = planTiles(seen, scale, this.size, this.ready);
    // A picture whose coarse tiles came and whose own do not is shown coarse.
    if (plan.needsExact && this.ready.coarse) this.prepare('exact').catch(() => {});
    this.store.want(plan.wanted);
    return plan;
  }

  tile(place: TilePlace): ImageBitmap | null {
    return this.store.get(place);
  }

  get thumbnail(): ImageBitmap | null {
    return this.small;
  }

  close(): void {
    this.closing.abort(new Error('the picture is no longer shown'));
    this.listeners.clear();
    this.store.close();
    this.small?.close();
    this.small = null;
  }

  private prepare(part: Part): Promise<void> {
    const asked = this.asked.get(part) ?? this.ask(part);
    this.asked.set(part, asked);
    return asked;
  }

  private async ask(part: Part): Promise<void> {
    const reply = await fetch(`${this.addresses.tiles}/${part}`, { signal: this.closing.signal });
    if (!reply.ok) throw new Error(`tiles cannot be made (${reply.status})`);
    this.ready = { ...this.ready, [part]: true };
    this.tell();
  }

  /** Tiles that the engine has given up since are made once more. */
  private async load(place: TilePlace, signal: AbortSignal): Promise<ImageBitmap> {
    const address = `${this.addresses.tiles}/${tileName(place)}`;
    let reply = await fetch(address, { signal });
    if (reply.status === 404) {
      this.asked.delete(place.level === 0 ? 'exact' : 'coarse');
      await this.prepare(place.level === 0 ? 'exact' : 'coarse');
      reply = await fetch(address, { signal });
    }
    if (!reply.ok) throw new Error(`no tile ${tileName(place)} (${reply.status})`);
    return createImageBitmap(await reply.blob());
  }

  private async loadSmall(): Promise<void> {
    const { signal } = this.closing;
    const reply = await fetch(this.addresses.thumbnail, { signal });
    if (!reply.ok) return;
    const small = await createImageBitmap(await reply.blob());
    if (signal.aborted) return small.close();
    this.small = small;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
