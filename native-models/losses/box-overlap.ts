/** A loss on boxes by how they overlap. Boxes are xyxy, [...,4]: left, top, right, bottom. */

import type { Tensor } from '../core/tensor.ts';
import { boxSides } from '../nn/box-sides.ts';
import { requireBoxes, requireSameShape } from './require.ts';

const EPSILON = 1e-7; // torchvision's, against division by an empty box

interface Sides {
  readonly left: Tensor;
  readonly top: Tensor;
  readonly right: Tensor;
  readonly bottom: Tensor;
  readonly width: Tensor;
  readonly height: Tensor;
}

function sidesOf(boxes: Tensor): Sides {
  const [left, top, right, bottom] = boxSides(boxes);
  return { left, top, right, bottom, width: right.sub(left), height: bottom.sub(top) };
}

/** Intersection over union, and the smallest box around both. */
function overlap(a: Sides, b: Sides) {
  const across = a.right.minimum(b.right).sub(a.left.maximum(b.left)).relu();
  const down = a.bottom.minimum(b.bottom).sub(a.top.maximum(b.top)).relu();
  const intersection = across.mul(down);
  const union = a.width.mul(a.height).add(b.width.mul(b.height)).sub(intersection);
  const hullWidth = a.right.maximum(b.right).sub(a.left.minimum(b.left));
  const hullHeight = a.bottom.maximum(b.bottom).sub(a.top.minimum(b.top));
  return { iou: intersection.div(union.add(EPSILON)), hullWidth, hullHeight };
}

/**
 * 1 - CIoU, one value per pair of boxes: overlap, distance of the centres, difference of the aspect ratios.
 * Shapes: prediction xyxy [...,4], truth xyxy [...,4], both of positive size -> [...].
 * Units:  none, from 0 (equal).
 * Errors: ShapeError when the two differ or are not boxes.
 * Source: Zheng et al. 2020, https://arxiv.org/abs/1911.08287, eq. 9 to 11; alpha carries no gradient, as in torchvision.
 */
export function completeIouLoss(prediction: Tensor, truth: Tensor): Tensor {
  requireSameShape('completeIouLoss', { prediction, truth });
  requireBoxes('completeIouLoss', 'predictions', prediction);
  const [a, b] = [sidesOf(prediction), sidesOf(truth)];
  const { iou, hullWidth, hullHeight } = overlap(a, b);
  const square = (x: Tensor) => x.mul(x);
  const centreX = a.left.add(a.right).sub(b.left.add(b.right)).mul(0.5);
  const centreY = a.top.add(a.bottom).sub(b.top.add(b.bottom)).mul(0.5);
  const diagonal = square(hullWidth).add(square(hullHeight)).add(EPSILON);
  const distance = square(centreX).add(square(centreY)).div(diagonal);

  const turn = b.width.div(b.height).atan().sub(a.width.div(a.height).atan());
  const aspect = square(turn).mul(4 / Math.PI ** 2);
  const alpha = aspect.div(aspect.sub(iou).add(1 + EPSILON)).stopGradient();
  return distance.sub(iou).add(1).add(alpha.mul(aspect));
}
