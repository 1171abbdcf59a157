import type { Tensor } from '../core/tensor.ts';
import { type BoxSides, boxSides } from '../nn/box-sides.ts';

/** Sides of boxes as the columns of a table of boxes by others. Shapes: [B,R,4] -> [B,R,1] each. */
export const columnSides = (boxes: Tensor): BoxSides => boxSides(boxes, [boxes.shape[0]!, boxes.shape[1]!, 1]);

/** As its rows. Shapes: [B,T,4] -> [B,1,T] each. */
const rowSides = (boxes: Tensor): BoxSides => boxSides(boxes, [boxes.shape[0]!, 1, boxes.shape[1]!]);

/**
 * Intersection over union of every box with every truth.
 * Shapes: boxes xyxy [B,R,4], truths xyxy [B,T,4] -> [B,R,T]; without an `epsilon` beside the union not a number where
 * neither has an area.
 */
export function overlapTable(boxes: Tensor, truths: Tensor, epsilon: number | null = null): Tensor {
  const [left, top, right, bottom] = columnSides(boxes);
  const [x0, y0, x1, y1] = rowSides(truths);
  const across = right.minimum(x1).sub(left.maximum(x0)).relu();
  const down = bottom.minimum(y1).sub(top.maximum(y0)).relu();
  const shared = across.mul(down);
  const areas = right
    .sub(left)
    .mul(bottom.sub(top))
    .add(x1.sub(x0).mul(y1.sub(y0)));
  const union = areas.sub(shared);
  return shared.div(epsilon === null ? union : union.add(epsilon));
}
