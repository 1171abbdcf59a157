/** Pulling a handle of an object's box, and bending a polygon at a corner. */

import { boxArea } from '../../../../native-models/geometry/box.ts';
import { polygonArea } from '../../../../native-models/geometry/polygon.ts';
import { type Shape, shapeXyxy } from '../../../../native-models/geometry/shape.ts';
import { cornerMoved, pulled, stretched } from '../../doc/reshape.ts';
import { snapTo } from '../../doc/snap.ts';
import { inside, isSlip, type Pointer, REACH, replaced } from '../editor.ts';
import { type States, ToolState } from '../tool.ts';
import { HANDLE_CURSORS, isPolygon } from './grips.ts';
import type { SelectStates } from './states.ts';

/** Follows the pointer with one object, and commits it on release. */
abstract class Reshaping<K extends 'pullingHandle' | 'bendingCorner'> extends ToolState<SelectStates & States, K> {
  /** What a history calls it. */
  protected abstract readonly deed: string;
  /** The shape with the pointer there; null where there would be nothing left of it. */
  protected abstract shapeAt(pointer: Pointer): Shape | null;

  override pointerMove(pointer: Pointer): void {
    const { annotation } = this.info;
    const shape = this.shapeAt(pointer);
    if (shape !== null) this.editor.setDraft({ kind: 'changed', annotations: [{ ...annotation, shape }] });
  }

  override pointerUp(pointer: Pointer): void {
    const { annotation } = this.info;
    const shape = this.shapeAt(pointer);
    const isChanged = shape !== null && JSON.stringify(shape) !== JSON.stringify(annotation.shape);
    if (isChanged) this.editor.commit(this.deed, [replaced(annotation, shape)]);
    else this.editor.setDraft(null);
    this.goto('idle', null);
  }

  override cancel(): boolean {
    this.editor.setDraft(null);
    this.goto('idle', null);
    return true;
  }
}

export class PullingHandle extends Reshaping<'pullingHandle'> {
  protected readonly deed = 'resize';

  override enter(): void {
    this.editor.setCursor(HANDLE_CURSORS[this.info.handle]);
  }

  protected shapeAt(pointer: Pointer): Shape | null {
    const { annotation, handle } = this.info;
    const box = pulled(shapeXyxy(annotation.shape), handle, inside(this.editor, pointer), this.editor.document.size);
    return isSlip(box) ? null : stretched(annotation.shape, box);
  }
}

export class BendingCorner extends Reshaping<'bendingCorner'> {
  protected readonly deed = 'move corner';

  protected shapeAt(pointer: Pointer): Shape | null {
    const { annotation, place } = this.info;
    if (!isPolygon(annotation)) return null;
    const at = inside(this.editor, pointer);
    const { document, pixel } = this.editor;
    const snap = pointer.alt ? null : snapTo(document, at, REACH * pixel, annotation.id);
    const [x, y] = snap?.at ?? at;
    const polygon = cornerMoved(annotation.shape.polygon, place, x, y);
    const shape: Shape = { kind: 'polygon', polygon };
    return polygonArea(polygon) > 0 && boxArea(shapeXyxy(shape)) > 0 ? shape : null;
  }
}
