/** A frame that chooses what lies wholly in it when drawn to the right, and all that it touches when drawn to the left. */

import { sortCorners, type Xyxy } from '../../../../native-models/geometry/box.ts';
import { shapeXyxy } from '../../../../native-models/geometry/shape.ts';
import { type Pointer, SLIP } from '../editor.ts';
import { ToolState } from '../tool.ts';
import type { SelectStates } from './states.ts';

export class Marquee extends ToolState<SelectStates, 'marquee'> {
  override pointerMove(pointer: Pointer): void {
    this.editor.setDraft({ kind: 'marquee', xyxy: this.frame(pointer) });
  }

  override pointerUp(pointer: Pointer): void {
    const frame = this.frame(pointer);
    const isClick = Math.hypot(frame[2] - frame[0], frame[3] - frame[1]) <= SLIP * this.editor.pixel;
    const touched = isClick ? [] : this.editor.document.within(frame);
    const isInside = (box: Xyxy) =>
      box[0] >= frame[0] && box[1] >= frame[1] && box[2] <= frame[2] && box[3] <= frame[3];
    const goesRight = pointer.x >= this.info.origin[0];
    const ids = touched.filter(({ shape }) => !goesRight || isInside(shapeXyxy(shape))).map(({ id }) => id);
    this.editor.select(this.info.adds ? [...this.editor.selection, ...ids] : ids);
    this.editor.setDraft(null);
    this.goto('idle', null);
  }

  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }

  private frame({ x, y }: Pointer): Xyxy {
    const { origin } = this.info;
    return sortCorners([origin[0], origin[1], x, y]);
  }
}
