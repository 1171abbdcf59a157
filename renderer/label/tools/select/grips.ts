/** What of a chosen object can be gripped at a point: a corner of a polygon, else a handle of its box. */

import type { Polygon } from '../../../../native-models/geometry/polygon.ts';
import { shapeXyxy } from '../../../../native-models/geometry/shape.ts';
import type { Annotation } from '../../../../preload/contract/labelling.ts';
import { type CornerPlace, nearestCorner, nearestEdge } from '../../doc/hit.ts';
import { HANDLES, type Handle, handlePoint } from '../../doc/reshape.ts';
import { type Cursor, type Editor, type Pointer, REACH } from '../editor.ts';

/** The one object that is chosen, or null when there is none or several. */
export function chosen({ document, selection }: Editor): Annotation | null {
  const [id, ...others] = selection;
  return id === undefined || others.length > 0 ? null : (document.get(id) ?? null);
}

export interface PolygonAnnotation extends Annotation {
  readonly shape: { readonly kind: 'polygon'; readonly polygon: Polygon };
}

export const isPolygon = (annotation: Annotation): annotation is PolygonAnnotation =>
  annotation.shape.kind === 'polygon';

export function cornerAt(editor: Editor, annotation: Annotation, { x, y }: Pointer): CornerPlace | null {
  return isPolygon(annotation) ? nearestCorner(annotation.shape.polygon, x, y, REACH * editor.pixel) : null;
}

export function edgeAt(editor: Editor, annotation: Annotation, { x, y }: Pointer): CornerPlace | null {
  return isPolygon(annotation) ? nearestEdge(annotation.shape.polygon, x, y, REACH * editor.pixel) : null;
}

/** A bitmap has none. */
export function handleAt(editor: Editor, { shape }: Annotation, { x, y }: Pointer): Handle | null {
  if (shape.kind === 'mask') return null;
  const box = shapeXyxy(shape);
  const reach = REACH * editor.pixel;
  const found = HANDLES.find((handle) => {
    const [hx, hy] = handlePoint(box, handle);
    return Math.max(Math.abs(hx - x), Math.abs(hy - y)) <= reach;
  });
  return found ?? null;
}

export const HANDLE_CURSORS: Readonly<Record<Handle, Cursor>> = {
  nw: 'nwse-resize',
  se: 'nwse-resize',
  ne: 'nesw-resize',
  sw: 'nesw-resize',
  n: 'ns-resize',
  s: 'ns-resize',
  e: 'ew-resize',
  w: 'ew-resize',
};
