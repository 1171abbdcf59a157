/**
 * RoIAlign over one map or a pyramid: the mean of bilinear samples in each bin of each box.
 * Source: He et al. 2017, https://arxiv.org/abs/1703.06870, section 3; the pyramid by Lin et al. 2016,
 * https://arxiv.org/abs/1612.03144, eq. 1; numbers as torchvision.ops.roi_align with a fixed sampling ratio.
 */

import type { RoiAlignAttrs } from '../core/primitives.ts';
import { ShapeError } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';

export type RoiAlignOptions = Omit<RoiAlignAttrs, 'aligned'> & Partial<Pick<RoiAlignAttrs, 'aligned'>>;

/**
 * Shapes: maps [N,C,Hl,Wl], boxes xyxy [R,4] in image pixels, images int32 [R], levels int32 [R] (which map each box is
 * taken from; null for a single map) -> [R,C,height,width].
 * Errors: ShapeError when operands do not fit.
 */
export function roiAlign(
  maps: readonly Tensor[],
  boxes: Tensor,
  images: Tensor,
  levels: Tensor | null,
  { aligned = false, ...options }: RoiAlignOptions,
): Tensor {
  if (levels === null && maps.length !== 1)
    throw new ShapeError(`roiAlign: levels are none for ${boxes.shape[0]} boxes on ${maps.length} maps`);
  const { graph } = boxes;
  const own = levels ?? graph.constant(new Float64Array(boxes.shape[0]!), [boxes.shape[0]!], 'int32');
  return graph.apply('RoiAlign', [boxes, images, own, ...maps], { ...options, aligned })[0]!;
}

const CANONICAL_SIDE_PX = 224; // of a box that belongs to the canonical level
const CANONICAL_LEVEL = 4;
const EPSILON = 1e-6; // torchvision's, so that a side of exactly 224 is on the level above

/**
 * The level each box is taken from: level 4 at a side of 224 pixels, one less for each halving.
 * Shapes: boxes xyxy [R,4] in image pixels -> int32 [R], counted from the lowest level.
 * Source: Lin et al. 2016, https://arxiv.org/abs/1612.03144, eq. 1.
 */
export function pyramidLevels(boxes: Tensor, lowest: number, highest: number): Tensor {
  const [left, top, right, bottom] = boxes.stopGradient().split([1, 1, 1, 1], 1) as [Tensor, Tensor, Tensor, Tensor];
  const area = right.sub(left).mul(bottom.sub(top));
  const octaves = area
    .mul(1 / CANONICAL_SIDE_PX ** 2)
    .log()
    .mul(0.5 / Math.LN2);
  const level = octaves
    .add(CANONICAL_LEVEL + EPSILON)
    .floor()
    .clip(lowest, highest);
  return level.sub(lowest).cast('int32').reshape([boxes.shape[0]!]);
}
