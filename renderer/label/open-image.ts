/** One image as a page shows it: what the engine tells of it, its picture, and the images beside it. */

import type { Size } from '../../native-models/geometry/box.ts';
import { messageOf } from '../../preload/contract/errors.ts';
import type { ImageNeighbours, ImagePicture } from '../../preload/contract/labelling.ts';
import { PictureLevels, type PictureReader } from './canvas/picture-levels.ts';
import type { ShownPicture } from './canvas/shown-picture.ts';
import { TiledPicture } from './canvas/tiled-picture.ts';
import { levelsAhead } from './doc/level-plan.ts';
import type { LabelApi, LabelLinks } from './label-api.ts';
import { LabelSession } from './session.ts';

export interface OpenState {
  /** Null until the engine has told the image. */
  readonly session: LabelSession | null;
  /** Why the image cannot be labelled. */
  readonly problem: string | null;
  readonly picture: ShownPicture | null;
  /** Why the picture cannot be shown. */
  readonly unreadable: string | null;
  /** Null until they are told. */
  readonly neighbours: ImageNeighbours | null;
}

export const WAITING: OpenState = { session: null, problem: null, picture: null, unreadable: null, neighbours: null };
const UNREADABLE = 'Its file is missing, damaged, or of a format that windows cannot show.';

export interface OpenImageParts {
  readonly api: LabelApi;
  readonly links: LabelLinks;
  readonly maker: PictureReader;
  /** Screen pixels that a pixel of an image of that size covers while all of it is in view; null where nobody knows yet. */
  readonly fittedScale: (size: Size) => number | null;
  /** What a session begins with. */
  readonly activeClass: () => string | null;
}

export class OpenImage {
  readonly image: number;
  private readonly tell: () => void;
  private parts: OpenImageParts;
  private leaving = new AbortController();
  private state: OpenState = WAITING;
  /** Of a large picture, whose tiles are asked for while it is on show. */
  private facts: ImagePicture | null = null;
  private isShown = false;

  /** Asks the engine at once. `tell`: called when something of the state is another. */
  constructor(image: number, parts: OpenImageParts, tell: () => void) {
    this.image = image;
    this.parts = parts;
    this.tell = tell;
    this.begin();
  }

  /** The same object until something changes. */
  getState(): OpenState {
    return this.state;
  }

  /** After a change of the connection: the image is taken anew, and what is on show stays until it has come. */
  reconnect(parts: OpenImageParts): void {
    this.parts = parts;
    this.leaving.abort();
    this.leaving = new AbortController();
    this.closeTiles();
    this.begin();
  }

  /** What failed ahead is tried once more. */
  enter(): void {
    this.isShown = true;
    const { problem, unreadable, neighbours } = this.state;
    if (problem !== null || unreadable !== null) this.reconnect(this.parts);
    else if (neighbours !== null) this.askNeighbours(); // what was done since may have changed which of them wait
    this.showTiles();
  }

  /** It may be shown again soon. */
  leave(): void {
    this.isShown = false;
    this.state.session?.rest();
    if (this.state.picture?.kind === 'whole') this.state.picture.levels.rest();
    this.closeTiles();
  }

  close(): void {
    this.leave();
    this.leaving.abort();
    if (this.state.picture?.kind === 'whole') this.state.picture.levels.close();
  }

  private begin(): void {
    void this.follow();
    this.askNeighbours();
    if (this.state.picture === null) void this.bringPicture();
  }

  private update(change: Partial<OpenState>): void {
    this.state = { ...this.state, ...change };
    this.tell();
  }

  private async follow(): Promise<void> {
    const { signal } = this.leaving;
    const { api, activeClass } = this.parts;
    try {
      for await (const event of await api.watch(this.image, signal)) {
        if (signal.aborted) return;
        const { session } = this.state;
        if (event.type === 'change') session?.tell(event.change);
        else if (session !== null) session.retell(event.document);
        else {
          const opened = new LabelSession(sourceOf(api, this.image), event.document, activeClass());
          this.update({ session: opened, problem: null });
        }
      }
    } catch (error) {
      // A lost connection is told by the window itself; what was drawn stays on show.
      if (signal.aborted || this.state.session !== null) return;
      this.update({ problem: messageOf(error) });
    }
  }

  private askNeighbours(): void {
    const { signal } = this.leaving;
    this.parts.api.neighbours(this.image).then(
      (neighbours) => {
        if (!signal.aborted && !areSame(neighbours, this.state.neighbours)) this.update({ neighbours });
      },
      () => {}, // the session tells why the image is not there
    );
  }

  private async bringPicture(): Promise<void> {
    const { signal } = this.leaving;
    try {
      this.facts = await this.parts.api.picture(this.image);
      signal.throwIfAborted();
      if (this.facts.is_tiled) return this.showTiles();
      const levels = await this.levelsOf(this.facts, signal);
      if (signal.aborted) return levels.close();
      this.update({ picture: { kind: 'whole', levels }, unreadable: null });
    } catch {
      if (!signal.aborted) this.update({ unreadable: UNREADABLE });
    }
  }

  private async levelsOf({ width_px, height_px }: ImagePicture, signal: AbortSignal): Promise<PictureLevels> {
    const { links, maker, fittedScale } = this.parts;
    const size = { width: width_px, height: height_px };
    const reply = await fetch(links.picture(this.image), { signal });
    if (!reply.ok) throw new Error(`no picture (${reply.status})`);
    const file = await reply.blob();
    return new PictureLevels(file, size, await maker.make(file, levelsAhead(size, fittedScale(size))), maker);
  }

  private showTiles(): void {
    if (!this.isShown || this.facts?.is_tiled !== true || this.state.picture !== null) return;
    const { sha256, width_px: width, height_px: height } = this.facts;
    const { links } = this.parts;
    const addresses = { tiles: links.tiles(sha256), thumbnail: links.thumbnail(sha256) };
    const tiles = new TiledPicture({ width, height }, addresses);
    this.update({ picture: { kind: 'tiled', tiles }, unreadable: null });
    tiles.open().catch(() => {
      const { picture } = this.state;
      if (picture?.kind === 'tiled' && picture.tiles === tiles) this.update({ picture: null, unreadable: UNREADABLE });
    });
  }

  private closeTiles(): void {
    const { picture } = this.state;
    if (picture?.kind !== 'tiled') return;
    this.update({ picture: null });
    picture.tiles.close();
  }
}

const sourceOf = (api: LabelApi, image_id: number) => ({
  apply: (name: string, changes: Parameters<LabelApi['apply']>[0]['changes']) => api.apply({ image_id, name, changes }),
  undo: () => api.undo(image_id),
  redo: () => api.redo(image_id),
});

const areSame = (a: ImageNeighbours, b: ImageNeighbours | null): boolean => JSON.stringify(a) === JSON.stringify(b);
