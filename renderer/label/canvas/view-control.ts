/** The part of the image that is seen, and the ways to another; who draws it listens, and nothing else is drawn anew. */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import type { Point } from '../doc/hit.ts';
import { fitted, fittedWhole, LARGEST_FIT, panned, toScreen, type Viewport, zoomed } from '../doc/viewport.ts';

/** Screen pixels between a point that is revealed and the border of the view. */
const ROOM = 16;

/** Begins with the whole image, and again for another size of the view until somebody zooms. */
export class ViewControl {
  private readonly image: Size;
  private view: Size;
  private whole: Viewport;
  private chosen: Viewport | null = null;
  private pointed: Point | null = null;
  private readonly listeners = new Set<() => void>();

  /** `view`: the room of the picture, in screen pixels. */
  constructor(image: Size, view: Size) {
    this.image = image;
    this.view = view;
    this.whole = fittedWhole(image, view);
  }

  /** The same object until something changes. */
  readonly getViewport = (): Viewport => this.chosen ?? this.whole;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get viewport(): Viewport {
    return this.getViewport();
  }

  /** The picture is shown in so much room. Units: screen pixels. */
  setView(view: Size): void {
    if (view.width === this.view.width && view.height === this.view.height) return;
    this.view = view;
    this.whole = fittedWhole(this.image, view);
    this.tell();
  }

  /** Where the pointer is on the screen; null while it is elsewhere. */
  pointAt(at: Point | null): void {
    this.pointed = at;
  }

  get pointer(): Point | null {
    return this.pointed;
  }

  /** In the middle of the view. */
  get middle(): Point {
    return [this.view.width / 2, this.view.height / 2];
  }

  /** `at`: the screen point that stays; by default the pointer's, else the middle. */
  zoom(factor: number, at: Point = this.pointer ?? this.middle): void {
    this.choose(zoomed(this.viewport, factor, at));
  }

  pan(dx: number, dy: number): void {
    this.choose(panned(this.viewport, dx, dy, this.image, this.view));
  }

  /** Null: the whole image. */
  fit(xyxy: Xyxy | null): void {
    this.choose(xyxy === null ? null : fitted(xyxy, this.view, LARGEST_FIT));
  }

  /** One screen pixel for each of the image. */
  fullSize(): void {
    this.choose(zoomed(this.viewport, 1 / this.viewport.scale, this.pointer ?? this.middle));
  }

  /** Moves the view as little as shows a point of the image well. */
  reveal(at: Point): void {
    const [x, y] = toScreen(this.viewport, at);
    const [dx, dy] = [intoView(x, this.view.width), intoView(y, this.view.height)];
    if (dx !== 0 || dy !== 0) this.pan(dx, dy);
  }

  private choose(viewport: Viewport | null): void {
    this.chosen = viewport;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** How far a place on the screen has to move to lie within the view. */
function intoView(at: number, side: number): number {
  const room = Math.min(ROOM, side / 2);
  return Math.min(Math.max(at, room), side - room) - at;
}
