/** Pressed on an object: released where it was pressed it is a click, dragged away it moves what is chosen. */

import { type Pointer, REACH, SLIP } from '../editor.ts';
import { ToolState } from '../tool.ts';
import type { SelectStates } from './states.ts';

export class Pressed extends ToolState<SelectStates, 'pressed'> {
  private readonly wasChosen = this.editor.selection.has(this.info.hit.id);

  override enter(): void {
    const { hit, adds } = this.info;
    if (!this.wasChosen) this.editor.select(adds ? [...this.editor.selection, hit.id] : [hit.id]);
  }

  override pointerMove(pointer: Pointer): void {
    const { origin } = this.info;
    const way = Math.hypot(pointer.x - origin[0], pointer.y - origin[1]);
    if (way > SLIP * this.editor.pixel) this.goto('moving', { origin, at: [pointer.x, pointer.y] });
  }

  override pointerUp(): void {
    if (this.wasChosen) this.chooseAgain();
    this.goto('idle', null);
  }

  override cancel(): boolean {
    this.goto('idle', null);
    return true;
  }

  /** Of an object that was chosen before: with Shift it is let go, else the next one beneath is chosen. */
  private chooseAgain(): void {
    const { hit, adds, origin } = this.info;
    const { selection, document, pixel } = this.editor;
    const under = document.at(origin[0], origin[1], REACH * pixel);
    const beneath = under[(under.findIndex(({ id }) => id === hit.id) + 1) % under.length] ?? hit;
    this.editor.select(adds ? [...selection].filter((id) => id !== hit.id) : [beneath.id]);
  }
}
