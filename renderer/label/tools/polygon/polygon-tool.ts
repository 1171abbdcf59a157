/** Draws polygons: a click for each corner, or the hand drawn along the edge; done at the first corner, or by Enter. */

import { signedRingArea } from '../../../../native-models/geometry/polygon.ts';
import type { Point } from '../../doc/hit.ts';
import { drawn, type Editor, inside, MIN_SIDE_PX, type Pointer, REACH } from '../editor.ts';
import { type Tool, ToolState, toolOf } from '../tool.ts';

type PolygonStates = {
  readonly idle: null;
  readonly drawing: { readonly corners: readonly Point[] };
};

/** Screen pixels between two corners of an outline drawn freehand. */
const FREEHAND_STEP = 6;

class Idle extends ToolState<PolygonStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override pointerDown(pointer: Pointer): void {
    if (this.editor.activeClass !== null) this.goto('drawing', { corners: [inside(this.editor, pointer)] });
  }
}

/** The button is down from entry on; while it stays down, the hand draws. */
class Drawing extends ToolState<PolygonStates, 'drawing'> {
  private corners: readonly Point[] = this.info.corners;
  private isDown = true;

  override enter(): void {
    this.preview(null);
  }

  override pointerDown(pointer: Pointer): void {
    const at = inside(this.editor, pointer);
    const closes = this.closesAt(at);
    this.isDown = !closes;
    if (closes) this.complete();
    else this.add(at);
  }

  override pointerMove(pointer: Pointer): void {
    const at = inside(this.editor, pointer);
    const isFarEnough = distance(at, this.corners.at(-1)!) >= FREEHAND_STEP * this.editor.pixel;
    if (this.isDown && isFarEnough) this.corners = [...this.corners, at];
    this.preview(at);
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

  private add(at: Point): void {
    this.corners = [...this.corners, at];
    this.preview(at);
  }

  private takeBack(): void {
    this.corners = this.corners.slice(0, -1);
    if (this.corners.length === 0) this.cancel();
    else this.preview(null);
  }

  private closesAt(at: Point): boolean {
    return this.corners.length >= 3 && distance(at, this.corners[0]!) <= REACH * this.editor.pixel;
  }

  private preview(next: Point | null): void {
    this.editor.setDraft({
      kind: 'path',
      corners: this.corners,
      next,
      closes: next !== null && this.closesAt(next),
    });
  }

  private complete(): void {
    const outline = this.corners.flat();
    const { activeClass } = this.editor;
    const isSlip = this.corners.length < 3 || Math.abs(signedRingArea(outline)) < MIN_SIDE_PX ** 2;
    if (activeClass === null || isSlip) this.editor.setDraft(null);
    else
      this.editor.commit('draw polygon', [drawn({ kind: 'polygon', polygon: [{ outline, holes: [] }] }, activeClass)]);
    this.goto('idle', null);
  }
}

const distance = ([x0, y0]: Point, [x1, y1]: Point): number => Math.hypot(x1 - x0, y1 - y0);

export const polygonTool = (editor: Editor): Tool =>
  toolOf<PolygonStates>('polygon', editor, { idle: Idle, drawing: Drawing });
