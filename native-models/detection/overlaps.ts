import type { Tensor } from '../core/tensor.ts';

/**
 * Intersection over union of every box with every truth.
 * Shapes: boxes xyxy [B,R,4], truths xyxy [B,T,4] -> [B,R,T]; not a number where neither has an area.
 */
export function overlapTable(boxes: Tensor, truths: Tensor): Tensor {
  const [batch, count] = boxes.shape as [number, number];
  const truthCount = truths.shape[1]!;
  const sides = (x: Tensor, shape: readonly number[]) =>
    x.split([1, 1, 1, 1], 2).map((side) => side.reshape(shape)) as [Tensor, Tensor, Tensor, Tensor];
  const [left, top, right, bottom] = sides(boxes, [batch, count, 1]);
  const [x0, y0, x1, y1] = sides(truths, [batch, 1, truthCount]);
  const across = right.minimum(x1).sub(left.maximum(x0)).relu();
  const down = bottom.minimum(y1).sub(top.maximum(y0)).relu();
  const shared = across.mul(down);
  const areas = right
    .sub(left)
    .mul(bottom.sub(top))
    .add(x1.sub(x0).mul(y1.sub(y0)));
  return shared.div(areas.sub(shared));
}
