/**
 * A ruler: a drag measures, or a click on either end, with Shift along one axis; what was measured last stays until the next
 * press.
 */

import type { Point } from '../../doc/hit.ts';
import { type Editor, inside, type Pointer, SLIP } from '../editor.ts';
import { type Tool, ToolState, toolOf } from '../tool.ts';

type MeasureStates = {
  readonly idle: null;
  readonly measuring: { readonly from: Point };
};

class Idle extends ToolState<MeasureStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override pointerDown(pointer: Pointer): void {
    this.goto('measuring', { from: inside(this.editor, pointer) });
  }

  /** Puts the ruler away. */
  override cancel(): boolean {
    this.editor.setDraft(null);
    return false;
  }
}

class Measuring extends ToolState<MeasureStates, 'measuring'> {
  private hasMoved = false;

  override enter(): void {
    this.editor.setDraft(null);
  }

  override pointerMove(pointer: Pointer): void {
    const { from } = this.info;
    const at = inside(this.editor, pointer);
    this.hasMoved ||= Math.hypot(at[0] - from[0], at[1] - from[1]) > SLIP * this.editor.pixel;
    this.editor.setDraft({ kind: 'measure', from, to: pointer.shift ? alongAxis(from, at) : at });
  }

  /** Released where it was pressed it was the first of two clicks. */
  override pointerUp(): void {
    if (this.hasMoved) this.goto('idle', null);
  }

  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }
}

const alongAxis = ([x0, y0]: Point, [x1, y1]: Point): Point =>
  Math.abs(x1 - x0) >= Math.abs(y1 - y0) ? [x1, y0] : [x0, y1];

export const measureTool = (editor: Editor): Tool =>
  toolOf<MeasureStates>('measure', editor, { idle: Idle, measuring: Measuring });
