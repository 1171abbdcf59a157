/** Holes filled: of bitmaps what their pixels enclose, of polygons the rings cut out of them. Units: image pixels. */

import { type Mask, maskFromPart, maskPart, uniteMasks } from '../../../native-models/geometry/mask.ts';
import { isInRing, type Polygon } from '../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import type { Point } from './hit.ts';

/** The shape without the hole at a point; null where there is none. */
export function filled(shape: Shape, at: Point): Shape | null {
  if (shape.kind === 'box') return null;
  if (shape.kind === 'polygon') {
    const polygon = filledPolygon(shape.polygon, at);
    return polygon === null ? null : { kind: 'polygon', polygon };
  }
  const mask = filledMask(shape.mask, at);
  return mask === null ? null : { kind: 'mask', mask };
}

function filledPolygon(polygon: Polygon, [x, y]: Point): Polygon | null {
  const part = polygon.findIndex(({ holes }) => holes.some((hole) => isInRing(hole, x, y)));
  if (part === -1) return null;
  const { outline, holes } = polygon[part]!;
  return polygon.with(part, { outline, holes: holes.filter((hole) => !isInRing(hole, x, y)) });
}

/** What is joined side to side with the point and reaches no border of the box round the bitmap is enclosed. */
function filledMask(mask: Mask, [px, py]: Point): Mask | null {
  const { xyxy: box, bitmap } = maskPart(mask);
  const [x0, y0, x1, y1] = box;
  const [width, height] = [x1 - x0, y1 - y0];
  const [x, y] = [Math.floor(px) - x0, Math.floor(py) - y0];
  if (x < 0 || y < 0 || x >= width || y >= height) return null;
  const hole = new Uint8Array(width * height);
  const waiting = [y * width + x];
  for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
    if (hole[i] === 1 || bitmap[i] === 1) continue;
    const column = i % width;
    if (column === 0 || column === width - 1 || i < width || i >= width * (height - 1)) return null;
    hole[i] = 1;
    waiting.push(i - 1, i + 1, i - width, i + width);
  }
  return hole.includes(1) ? uniteMasks([mask, maskFromPart(hole, box, mask)]) : null;
}
