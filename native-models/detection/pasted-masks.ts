/**
 * Masks of boxes laid over a picture inside a graph, with the numbers of `paste-mask.ts`: along each side a pixel takes its
 * share of the two places of the mask it lies between, so what is pasted is a product of three matrices.
 */

import type { Tensor } from '../core/tensor.ts';
import type { Size } from '../geometry/box.ts';

/** Shapes: masks [D,M,M], boxes xyxy [D,4] in pixels -> [D,1,height,width], in [0,1]. */
export function pastedMasks(masks: Tensor, boxes: Tensor, { width, height }: Size): Tensor {
  const [count, side] = masks.shape as [number, number, number];
  const [left, top, right, bottom] = boxes.split([1, 1, 1, 1], 1) as [Tensor, Tensor, Tensor, Tensor];
  const down = sharesAlong(top, bottom, side, height);
  const across = sharesAlong(left, right, side, width);
  return down.matmul(masks).matmul(across, { transposeB: true }).reshape([count, 1, height, width]);
}

/** Whole numbers nearer to zero. */
const truncated = (x: Tensor): Tensor => x.cast('int32').cast('float32');

/** What each pixel takes of each place of the mask; nothing beyond the box. Shapes: start, end [D,1] -> [D,limit,side]. */
function sharesAlong(start: Tensor, end: Tensor, side: number, limit: number): Tensor {
  const { graph } = start;
  const count = start.shape[0]!;
  const bordered = side + 2;
  const half = end.sub(start).mul(bordered / side / 2);
  const middle = start.add(end).mul(0.5);
  const [first, last] = [truncated(middle.sub(half)), truncated(middle.add(half))];
  const pixels = graph.constant(
    Array.from({ length: limit }, (_, i) => i),
    [1, limit],
  );
  const length = last.sub(first).add(1).maximum(1);
  const position = pixels
    .sub(first)
    .add(0.5)
    .mul(bordered)
    .div(length)
    .sub(0.5)
    .clip(0, bordered - 1);
  const isInside = pixels
    .add(0.5)
    .greater(first)
    .cast('float32')
    .mul(first.add(length).greater(pixels).cast('float32'));
  // The first place of the mask is the second with its border.
  const places = graph.constant(
    Array.from({ length: side }, (_, i) => i + 1),
    [1, 1, side],
  );
  const distance = position.reshape([count, limit, 1]).sub(places).abs();
  return distance
    .neg()
    .add(1)
    .relu()
    .mul(isInside.reshape([count, limit, 1]));
}
