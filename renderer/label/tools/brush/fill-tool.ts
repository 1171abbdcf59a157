/** Fills the hole that is clicked: of what is chosen, else of the smallest object that has one there. */

import { boxArea } from '../../../../native-models/geometry/box.ts';
import { shapeXyxy } from '../../../../native-models/geometry/shape.ts';
import { filled } from '../../doc/fill.ts';
import { type Editor, inside, type Pointer, replaced } from '../editor.ts';
import { type Tool, ToolState, toolOf } from '../tool.ts';

type FillStates = { readonly idle: null };

class Idle extends ToolState<FillStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('crosshair');
  }

  override pointerDown(pointer: Pointer): void {
    const { document, selection } = this.editor;
    const at = inside(this.editor, pointer);
    const around = document.within([at[0], at[1], at[0], at[1]]);
    const chosen = around.filter(({ id }) => selection.has(id));
    const smallestFirst = (chosen.length > 0 ? chosen : around).toSorted(
      (a, b) => boxArea(shapeXyxy(a.shape)) - boxArea(shapeXyxy(b.shape)),
    );
    for (const annotation of smallestFirst) {
      const shape = filled(annotation.shape, at);
      if (shape === null) continue;
      this.editor.commit('fill', [replaced(annotation, shape)]);
      return;
    }
  }
}

export const fillTool = (editor: Editor): Tool => toolOf<FillStates>('fill', editor, { idle: Idle });
