/**
 * A ring under way: a click for each corner, or the hand drawn along the edge; done at the first corner, or by Enter.
 * Corners that are clicked lie on the edges of neighbours where those are near; with Shift the ring follows the neighbour's
 * edge from the corner before, with Alt neighbours do not count.
 */

import { signedRingArea } from '../../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../../native-models/geometry/shape.ts';
import type { Change } from '../../../../preload/contract/labelling.ts';
import type { Point } from '../../doc/hit.ts';
import { type Snap, snapTo, wayAlong } from '../../doc/snap.ts';
import { inside, MIN_SIDE_PX, type Pointer, REACH } from '../editor.ts';
import { ToolState } from '../tool.ts';

export type PolygonStates = {
  readonly idle: null;
  readonly drawing: { readonly first: Pointer };
};

/** Screen pixels between two corners of an outline drawn freehand. */
const FREEHAND_STEP = 6;

/** The button is down from entry on; while it stays down, the hand draws. */
export abstract class Drawing extends ToolState<PolygonStates, 'drawing'> {
  private corners: readonly Point[] = [];
  /** Where the last corner lies on a neighbour, if it does. */
  private lastSnap: Snap | null = null;
  private isDown = true;

  override enter(): void {
    this.add(this.info.first);
  }

  override pointerDown(pointer: Pointer): void {
    const closes = this.closesAt(inside(this.editor, pointer));
    this.isDown = !closes;
    if (closes) this.complete();
    else this.add(pointer);
  }

  override pointerMove(pointer: Pointer): void {
    const at = inside(this.editor, pointer);
    const isFarEnough = distance(at, this.corners.at(-1)!) >= FREEHAND_STEP * this.editor.pixel;
    if (this.isDown && isFarEnough) {
      this.corners = [...this.corners, at];
      this.lastSnap = null;
    }
    this.preview(pointer);
  }

  override pointerUp(pointer: Pointer): void {
    this.isDown = false;
    if (this.closesAt(inside(this.editor, pointer)) && this.corners.length > 3) this.complete();
  }

  override key(key: string): boolean {
    if (key === 'Enter') this.complete();
    else if (key === 'Backspace') this.takeBack();
    else return false;
    return true;
  }

  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }

  /** What becomes of a ring that encloses something; empty where nothing does. */
  protected abstract changes(ring: Shape): readonly Change[];
  protected abstract readonly deed: string;

  private add(pointer: Pointer): void {
    const { way, at, snap } = this.towards(pointer);
    this.corners = [...this.corners, ...way, at];
    this.lastSnap = snap;
    this.editor.setDraft({ kind: 'path', corners: this.corners, next: null, closes: false });
  }

  private takeBack(): void {
    this.corners = this.corners.slice(0, -1);
    this.lastSnap = null;
    if (this.corners.length === 0) this.cancel();
    else this.editor.setDraft({ kind: 'path', corners: this.corners, next: null, closes: false });
  }

  /** The corner that a click would put there, and those of a neighbour on the way to it. */
  private towards(pointer: Pointer): {
    readonly way: readonly Point[];
    readonly at: Point;
    readonly snap: Snap | null;
  } {
    const at = inside(this.editor, pointer);
    const snap = pointer.alt ? null : snapTo(this.editor.document, at, REACH * this.editor.pixel, null);
    if (snap === null) return { way: [], at, snap };
    const follows = pointer.shift && this.lastSnap !== null;
    return { way: follows ? wayAlong(this.lastSnap!, snap) : [], at: snap.at, snap };
  }

  private closesAt(at: Point): boolean {
    return this.corners.length >= 3 && distance(at, this.corners[0]!) <= REACH * this.editor.pixel;
  }

  private preview(pointer: Pointer): void {
    const closes = this.closesAt(inside(this.editor, pointer));
    const { way, at } = this.towards(pointer);
    const corners = this.isDown ? this.corners : [...this.corners, ...way];
    const next = this.isDown || closes ? inside(this.editor, pointer) : at;
    this.editor.setDraft({ kind: 'path', corners, next, closes });
  }

  private complete(): void {
    const outline = this.corners.flat();
    const isSlip = this.corners.length < 3 || Math.abs(signedRingArea(outline)) < MIN_SIDE_PX ** 2;
    const changes = isSlip ? [] : this.changes({ kind: 'polygon', polygon: [{ outline, holes: [] }] });
    if (changes.length === 0) this.editor.setDraft(null);
    else this.editor.commit(this.deed, changes);
    this.goto('idle', null);
  }
}

const distance = ([x0, y0]: Point, [x1, y1]: Point): number => Math.hypot(x1 - x0, y1 - y0);
