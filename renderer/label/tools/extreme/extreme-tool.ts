/** Draws boxes by their extremes: a click on the topmost, leftmost, lowest and rightmost point, in any order. */

import type { Xyxy } from '../../../../native-models/geometry/box.ts';
import type { Point } from '../../doc/hit.ts';
import { drawn, type Editor, hasClass, inside, isSlip, type Pointer } from '../editor.ts';
import { type Tool, ToolState, toolOf } from '../tool.ts';

type ExtremeStates = {
  readonly idle: null;
  /** Some of the extremes are clicked. */
  readonly marking: { readonly points: readonly Point[] };
};

const EXTREMES = 4;

class Idle extends ToolState<ExtremeStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override pointerDown(pointer: Pointer): void {
    if (hasClass(this.editor)) this.goto('marking', { points: [inside(this.editor, pointer)] });
  }
}

class Marking extends ToolState<ExtremeStates, 'marking'> {
  private points = this.info.points;

  override enter(): void {
    this.preview(this.points);
  }

  override pointerDown(pointer: Pointer): void {
    this.points = [...this.points, inside(this.editor, pointer)];
    if (this.points.length < EXTREMES) this.preview(this.points);
    else this.complete();
  }

  override pointerMove(pointer: Pointer): void {
    this.preview([...this.points, inside(this.editor, pointer)]);
  }

  override key(key: string): boolean {
    if (key !== 'Backspace') return false;
    this.points = this.points.slice(0, -1);
    if (this.points.length === 0) this.cancel();
    else this.preview(this.points);
    return true;
  }

  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }

  /** `around`: the clicked points, and where the pointer is. */
  private preview(around: readonly Point[]): void {
    this.editor.setDraft({ kind: 'marks', points: this.points, xyxy: boxAround(around) });
  }

  private complete(): void {
    const { activeClass } = this.editor;
    const xyxy = boxAround(this.points);
    if (activeClass === null || isSlip(xyxy)) this.editor.setDraft(null);
    else this.editor.commit('draw box', [drawn({ kind: 'box', xyxy }, activeClass)]);
    this.goto('idle', null);
  }
}

function boxAround(points: readonly Point[]): Xyxy {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

export const extremeTool = (editor: Editor): Tool =>
  toolOf<ExtremeStates>('extreme', editor, { idle: Idle, marking: Marking });
