import type { Tensor } from '../core/tensor.ts';

export type BoxSides = readonly [left: Tensor, top: Tensor, right: Tensor, bottom: Tensor];

/**
 * Left, top, right and bottom of boxes, each a tensor of its own.
 * Shapes: xyxy [...,4] -> [...] each, or what `shape` says.
 */
export function boxSides(boxes: Tensor, shape: readonly number[] = boxes.shape.slice(0, -1)): BoxSides {
  const [left, top, right, bottom] = boxes.split([1, 1, 1, 1], -1).map((side) => side.reshape(shape));
  return [left!, top!, right!, bottom!];
}
