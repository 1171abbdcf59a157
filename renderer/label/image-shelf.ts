/**
 * The images at hand of a page that labels: the one on show, the one before it, and, brought ahead, the one that will likely be
 * next, so that going there waits for nothing.
 */

import type { LabelApi, LabelLinks } from './label-api.ts';
import { OpenImage, type OpenImageParts, type OpenState, WAITING } from './open-image.ts';

/** The image on show comes first; what is brought ahead of the one after it begins so long after that has come. */
const AHEAD_MS = 150;

/** What of the page an image is opened with. */
export type PageFacts = Omit<OpenImageParts, 'api' | 'links'>;

export class ImageShelf {
  private readonly facts: PageFacts;
  private readonly open = new Map<number, OpenImage>();
  private readonly listeners = new Set<() => void>();
  private parts: OpenImageParts | null = null;
  private shown: number | null = null;
  private before: number | null = null;
  private ahead: { readonly next: number; readonly timer: ReturnType<typeof setTimeout> } | null = null;

  constructor(facts: PageFacts) {
    this.facts = facts;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The same object until something of the image changes. */
  stateOf(image: number): OpenState {
    return this.open.get(image)?.getState() ?? WAITING;
  }

  /** `api` is another object after every change of the connection. */
  show(api: LabelApi, links: LabelLinks, image: number): void {
    if (this.parts?.api !== api || this.parts.links !== links) this.connect({ ...this.facts, api, links });
    if (this.shown !== image) this.turnTo(image);
    this.lookAhead();
  }

  close(): void {
    this.keep([]);
    this.shown = null;
    this.before = null;
    this.parts = null;
    this.facts.maker.close();
  }

  private turnTo(image: number): void {
    if (this.shown !== null) this.open.get(this.shown)?.leave();
    this.before = this.shown;
    this.shown = image;
    this.bring(image).enter();
    this.keep([image, this.before]);
  }

  private connect(parts: OpenImageParts): void {
    this.parts = parts;
    this.keep([this.shown]);
    for (const image of this.open.values()) image.reconnect(parts);
  }

  private bring(image: number): OpenImage {
    const known = this.open.get(image);
    if (known !== undefined) return known;
    const opened = new OpenImage(image, this.parts!, () => this.told(image));
    this.open.set(image, opened);
    return opened;
  }

  /** Lets go of all others. */
  private keep(images: readonly (number | null)[]): void {
    if (this.ahead !== null) clearTimeout(this.ahead.timer);
    this.ahead = null;
    for (const [image, opened] of this.open) {
      if (images.includes(image)) continue;
      this.open.delete(image);
      opened.close();
    }
  }

  private told(image: number): void {
    for (const listener of this.listeners) listener();
    if (image === this.shown) this.lookAhead();
  }

  /** Once all of the image on show is there. */
  private lookAhead(): void {
    const { session, picture, unreadable, neighbours } = this.stateOf(this.shown!);
    const next = neighbours?.next ?? null;
    const isThere = session !== null && (picture !== null || unreadable !== null);
    if (!isThere || next === null || this.open.has(next) || this.ahead?.next === next) return;
    this.keep([this.shown, this.before]);
    this.ahead = { next, timer: setTimeout(() => this.bring(next), AHEAD_MS) };
  }
}
