/** Draws boxes: by dragging from corner to corner, or by clicking two opposite corners. */

import { sortCorners, type Xyxy } from '../../../../native-models/geometry/box.ts';
import type { Point } from '../../doc/hit.ts';
import { drawn, type Editor, hasClass, inside, isSlip, type Pointer, SLIP } from '../editor.ts';
import { type Tool, ToolState, toolOf } from '../tool.ts';

type BoxStates = {
  readonly idle: null;
  readonly pressed: { readonly origin: Point };
  /** `at`: where the pointer is; null while it is still on the first corner. */
  readonly stretching: { readonly origin: Point; readonly at: Point | null };
};

class Idle extends ToolState<BoxStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override pointerDown(pointer: Pointer): void {
    if (hasClass(this.editor)) this.goto('pressed', { origin: inside(this.editor, pointer) });
  }
}

/** A drag or the first of two clicks: the way of the hand tells. */
class Pressed extends ToolState<BoxStates, 'pressed'> {
  override pointerMove(pointer: Pointer): void {
    const { origin } = this.info;
    const slip = SLIP * this.editor.pixel;
    if (Math.hypot(pointer.x - origin[0], pointer.y - origin[1]) > slip) {
      this.goto('stretching', { origin, at: inside(this.editor, pointer) });
    }
  }

  override pointerUp(): void {
    this.goto('stretching', { origin: this.info.origin, at: null });
  }

  override cancel(): boolean {
    this.goto('idle', null);
    return true;
  }
}

/** Towards the second corner, by a button held down or let go: its release ends both. */
class Stretching extends ToolState<BoxStates, 'stretching'> {
  override enter(): void {
    if (this.info.at !== null) preview(this.editor, this.info.origin, this.info.at);
  }

  override pointerMove(pointer: Pointer): void {
    preview(this.editor, this.info.origin, inside(this.editor, pointer));
  }

  override pointerUp(pointer: Pointer): void {
    complete(this.editor, this.info.origin, inside(this.editor, pointer));
    this.goto('idle', null);
  }

  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }
}

const boxOfCorners = ([x0, y0]: Point, [x1, y1]: Point): Xyxy => sortCorners([x0, y0, x1, y1]);

function preview(editor: Editor, origin: Point, at: Point): void {
  editor.setDraft({ kind: 'shape', shape: { kind: 'box', xyxy: boxOfCorners(origin, at) } });
}

function complete(editor: Editor, origin: Point, at: Point): void {
  const xyxy = boxOfCorners(origin, at);
  const { activeClass } = editor;
  if (activeClass === null || isSlip(xyxy)) editor.setDraft(null);
  else editor.commit('draw box', [drawn({ kind: 'box', xyxy }, activeClass)]);
}

export const boxTool = (editor: Editor): Tool =>
  toolOf<BoxStates>('box', editor, {
    idle: Idle,
    pressed: Pressed,
    stretching: Stretching,
  });
