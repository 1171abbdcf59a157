/** Moving everything that is chosen; together, so nothing is bent at the border of the image. */

import { joinBoxes, type Xyxy } from '../../../../native-models/geometry/box.ts';
import { shapeXyxy } from '../../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../../../preload/contract/labelling.ts';
import { moved } from '../../doc/reshape.ts';
import { chosenOf, type Pointer, replaced } from '../editor.ts';
import { ToolState } from '../tool.ts';
import type { SelectStates } from './states.ts';

export class Moving extends ToolState<SelectStates, 'moving'> {
  private readonly before = chosenOf(this.editor);
  private readonly around = this.before.map(({ shape }) => shapeXyxy(shape)).reduce(joinBoxes);

  override enter(): void {
    this.editor.setCursor('move');
    this.preview(this.info.at[0], this.info.at[1]);
  }

  override pointerMove({ x, y }: Pointer): void {
    this.preview(x, y);
  }

  override pointerUp({ x, y }: Pointer): void {
    const after = this.movedTo(x, y);
    this.editor.commit(
      'move',
      this.before.map((annotation, i) => replaced(annotation, after[i]!.shape)),
    );
    this.goto('idle', null);
  }

  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }

  private preview(x: number, y: number): void {
    this.editor.setDraft({ kind: 'changed', annotations: this.movedTo(x, y) });
  }

  /** By whole pixels where a bitmap is among them, which has no others. */
  private movedTo(x: number, y: number): Annotation[] {
    const { size } = this.editor.document;
    const frame = moved({ kind: 'box', xyxy: this.around }, x - this.info.origin[0], y - this.info.origin[1], size);
    const [x0, y0]: Xyxy = shapeXyxy(frame);
    const hasMask = this.before.some(({ shape }) => shape.kind === 'mask');
    const by = (way: number) => (hasMask ? Math.trunc(way) : way);
    const [dx, dy] = [by(x0 - this.around[0]), by(y0 - this.around[1])];
    return this.before.map((annotation) => ({ ...annotation, shape: moved(annotation.shape, dx, dy, size) }));
  }
}
