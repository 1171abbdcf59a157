/**
 * A hand for those who use no pointer: a crosshair that keys move over the picture, and that presses, drags and lets go as a
 * pointer does. Tools cannot tell it from one. It is there while the picture has the focus.
 */

import { joinBoxes } from '../../../native-models/geometry/box.ts';
import { ringsOf } from '../../../native-models/geometry/polygon.ts';
import { shapeXyxy } from '../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../../preload/contract/labelling.ts';
import { arrowStep } from '../arrows.ts';
import { around } from '../doc/around.ts';
import type { Point } from '../doc/hit.ts';
import { HANDLES, handlePoint } from '../doc/reshape.ts';
import { toImage, toScreen } from '../doc/viewport.ts';
import type { LabelSession } from '../session.ts';
import { inside, type Pointer } from '../tools/editor.ts';
import type { Tool } from '../tools/tool.ts';
import type { ViewControl } from './view-control.ts';

export type Held = Pick<Pointer, 'shift' | 'alt'>;

export interface HandState {
  /** In image pixels. */
  readonly at: Point;
  /** Whether it holds what is there, as a button that is down. */
  readonly isDown: boolean;
}

export interface HandKey extends Held {
  readonly key: string;
  readonly control: boolean;
  /** Sent again and again while the key stays down. */
  readonly isRepeated: boolean;
}

const NOTHING_HELD: Held = { shift: false, alt: false };

export class KeyboardHand {
  private readonly session: LabelSession;
  private readonly control: ViewControl;
  private readonly listeners = new Set<() => void>();
  private state: HandState | null = null;
  /** What is held down, by the tool that heard of it; another tool knows nothing of it. */
  private down: { readonly tool: Tool; readonly held: Held; readonly until: string | null } | null = null;

  constructor(session: LabelSession, control: ViewControl) {
    this.session = session;
    this.control = control;
  }

  /** Null while the picture does not have the focus; the same object until something changes. */
  readonly getState = (): HandState | null => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** At a point of the image; by default where the pointer was, else in the middle of what is chosen, else of the view. */
  begin(at: Point | null = null): void {
    if (this.state !== null) return;
    if (at !== null) this.stand(at);
    else this.beginSomewhere();
  }

  private beginSomewhere(): void {
    const { pointer, middle, viewport } = this.control;
    const boxes = pointer === null ? this.session.chosen().map(({ shape }) => shapeXyxy(shape)) : [];
    if (boxes.length === 0) {
      this.stand(rounded(toImage(viewport, pointer ?? middle)));
    } else {
      const [x0, y0, x1, y1] = boxes.reduce(joinBoxes);
      this.stand(rounded([(x0 + x1) / 2, (y0 + y1) / 2]));
    }
  }

  /** Leaves no trace of what was held. */
  end(): void {
    if (this.isDown) this.session.hand.cancel();
    if (this.state !== null) this.session.hand.pointerLeave();
    this.down = null;
    this.state = null;
    this.control.pointAt(null);
    this.tell();
  }

  /** Whether the key meant something here. */
  keyDown({ key, shift, alt, control, isRepeated }: HandKey): boolean {
    const step = arrowStep(key, shift);
    if (this.state === null || control) return false;
    if (step !== null) {
      this.move(...step);
      return true;
    }
    if (key !== ' ' && key !== 'Enter') return false;
    if (isRepeated) return true;
    if (key === ' ' || alt) this.press({ shift, alt }, key);
    else if (!shift && this.session.hand.key(key)) this.forget();
    else this.toggle({ shift, alt });
    return true;
  }

  keyUp(key: string): void {
    if (this.down?.until === key) this.release();
  }

  /** By so many steps: a pixel of the image each, or one of the screen where those are larger. */
  move(dx: number, dy: number): void {
    if (this.state === null) return;
    const step = Math.max(1, Math.round(1 / this.control.viewport.scale));
    const [x, y] = this.state.at;
    this.stand([x + dx * step, y + dy * step]);
  }

  /** `until`: the key that lets go when it comes up; null where another press does. */
  press(held: Held, until: string | null = null): void {
    if (this.state === null || this.isDown) return;
    this.down = { tool: this.session.hand, held, until };
    this.session.hand.pointerDown(this.pointer(this.state.at, held));
    this.settle();
  }

  release(): void {
    const { held = NOTHING_HELD } = this.down ?? {};
    const wasDown = this.isDown;
    this.down = null;
    if (this.state !== null && wasDown) this.session.hand.pointerUp(this.pointer(this.state.at, held));
    this.settle();
  }

  /** Takes hold of what is there, or lets it go. */
  toggle(held: Held): void {
    if (this.isDown) this.release();
    else this.press(held);
  }

  /** The tool has ended by itself what was held. */
  forget(): void {
    this.down = null;
    this.settle();
  }

  /** To the next corner of the one object that is chosen, or handle of its box; false where there is none. */
  goToCorner(by: 1 | -1): boolean {
    const [one, ...others] = this.session.chosen();
    const grips = one === undefined || others.length > 0 ? [] : gripsOf(one);
    if (this.state === null || grips.length === 0) return false;
    const [x, y] = this.state.at;
    const here = grips.findIndex((grip) => grip[0] === x && grip[1] === y);
    this.stand(grips[around(here, by, grips.length)]!);
    return true;
  }

  private get isDown(): boolean {
    return this.down !== null && this.down.tool === this.session.hand;
  }

  private stand(at: Point): void {
    const place = inside(this.session, { x: at[0], y: at[1] });
    this.control.reveal(place);
    this.control.pointAt(toScreen(this.control.viewport, place));
    this.state = { at: place, isDown: this.isDown };
    this.session.hand.pointerMove(this.pointer(place, this.isDown ? this.down!.held : NOTHING_HELD));
    this.tell();
  }

  private settle(): void {
    if (this.state === null || this.state.isDown === this.isDown) return;
    this.state = { ...this.state, isDown: this.isDown };
    this.tell();
  }

  private pointer([x, y]: Point, held: Held): Pointer {
    return { x, y, shift: held.shift, alt: held.alt };
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

const rounded = ([x, y]: Point): Point => [Math.round(x), Math.round(y)];

/** Corners of a polygon, then the handles of the box; a bitmap has neither. */
function gripsOf({ shape }: Annotation): readonly Point[] {
  if (shape.kind === 'mask') return [];
  const rings = shape.kind === 'polygon' ? ringsOf(shape.polygon) : [];
  const corners = rings.flatMap((ring) =>
    Array.from({ length: ring.length / 2 }, (_, i): Point => [ring[2 * i]!, ring[2 * i + 1]!]),
  );
  return [...corners, ...HANDLES.map((handle): Point => handlePoint(shapeXyxy(shape), handle))];
}
