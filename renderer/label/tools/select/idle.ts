/** Nothing is pressed: the cursor says what a press would do. */

import { shapeXyxy } from '../../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../../../preload/contract/labelling.ts';
import type { ProposedObject } from '../../../../preload/contract/proposals.ts';
import { proposalAt } from '../../doc/proposals.ts';
import { cornerAdded, cornerRemoved } from '../../doc/reshape.ts';
import { type Cursor, inside, type Pointer, REACH, replaced } from '../editor.ts';
import { ToolState } from '../tool.ts';
import { chosen, cornerAt, edgeAt, HANDLE_CURSORS, handleAt, isPolygon } from './grips.ts';
import type { SelectStates } from './states.ts';

export class Idle extends ToolState<SelectStates, 'idle'> {
  override enter(): void {
    this.editor.setCursor('default');
  }

  override pointerMove(pointer: Pointer): void {
    this.editor.setCursor(this.cursorAt(pointer));
  }

  override pointerDown(pointer: Pointer): void {
    const annotation = chosen(this.editor);
    if (annotation !== null && this.grip(annotation, pointer)) return;
    const origin = [pointer.x, pointer.y] as const;
    const hit = this.hitAt(pointer);
    const proposal = hit === null ? proposalAt(this.editor.proposals, pointer.x, pointer.y) : null;
    if (proposal !== null) this.decide(proposal, pointer);
    else if (hit === null) this.goto('marquee', { origin, adds: pointer.shift });
    else this.goto('pressed', { origin, hit, adds: pointer.shift });
  }

  /** A click accepts a proposal, with Alt it rejects it. */
  private decide({ index }: ProposedObject, { alt }: Pointer): void {
    if (alt) this.editor.reject([index]);
    else this.editor.accept([index]);
  }

  /** Of several objects under the pointer one that is chosen already, so that a press moves what a person sees marked. */
  private hitAt({ x, y }: Pointer): Annotation | null {
    const under = this.editor.document.at(x, y, REACH * this.editor.pixel);
    return under.find(({ id }) => this.editor.selection.has(id)) ?? under[0] ?? null;
  }

  private grip(annotation: Annotation, pointer: Pointer): boolean {
    if (pointer.alt && isPolygon(annotation)) return this.changeCorners(annotation, pointer);
    const place = cornerAt(this.editor, annotation, pointer);
    if (place !== null) this.goto('bendingCorner', { annotation, place });
    const handle = place === null ? handleAt(this.editor, annotation, pointer) : null;
    if (handle !== null) this.goto('pullingHandle', { annotation, handle });
    return place !== null || handle !== null;
  }

  /** With Alt a click on a corner takes it away, one on an edge puts a corner there. */
  private changeCorners(annotation: Annotation, pointer: Pointer): boolean {
    if (!isPolygon(annotation)) return false;
    const { polygon } = annotation.shape;
    const corner = cornerAt(this.editor, annotation, pointer);
    if (corner !== null) {
      const left = cornerRemoved(polygon, corner);
      if (left === null) this.editor.commit('remove', [{ type: 'remove', before: annotation }]);
      else this.editor.commit('remove corner', [replaced(annotation, { kind: 'polygon', polygon: left })]);
      return true;
    }
    const edge = edgeAt(this.editor, annotation, pointer);
    if (edge === null) return false;
    const [x, y] = inside(this.editor, pointer);
    const bent = cornerAdded(polygon, edge, x, y);
    this.editor.commit('add corner', [replaced(annotation, { kind: 'polygon', polygon: bent })]);
    return true;
  }

  private cursorAt(pointer: Pointer): Cursor {
    const annotation = chosen(this.editor);
    if (annotation !== null) {
      if (cornerAt(this.editor, annotation, pointer) !== null) return 'pointer';
      const handle = handleAt(this.editor, annotation, pointer);
      if (handle !== null) return HANDLE_CURSORS[handle];
    }
    const hit = this.hitAt(pointer);
    if (hit === null) return proposalAt(this.editor.proposals, pointer.x, pointer.y) === null ? 'default' : 'pointer';
    return this.editor.selection.has(hit.id) && isLarge(hit, this.editor.pixel) ? 'move' : 'pointer';
  }
}

/** Smaller ones are hidden by the cursor that says they move. */
function isLarge({ shape }: Annotation, pixel: number): boolean {
  const [x0, y0, x1, y1] = shapeXyxy(shape);
  return Math.min(x1 - x0, y1 - y0) > REACH * pixel;
}
