/**
 * Boxes as a network predicts them, relative to a reference box: where the centre lies, in sides of the reference, and
 * the logarithm of how much larger the sides are, each times a weight.
 * Source: Girshick et al. 2013, https://arxiv.org/abs/1311.2524, appendix C; numbers as torchvision's BoxCoder.
 */

import type { Tensor } from '../core/tensor.ts';

export interface CodeWeights {
  readonly centre: number;
  readonly size: number;
}

/** Of anchors. */
export const ANCHOR_CODE: CodeWeights = { centre: 1, size: 1 };

/** Largest logarithm that is decoded: a box of 1000 pixels from a reference of 16. */
const MOST_GROWTH = Math.log(1000 / 16);

/** The code of box `i` relative to reference `j`, written to place `k` of `codes`; all xyxy or codes, [...,4], flat. */
export function encodeBox(
  codes: Float32Array,
  k: number,
  boxes: Float32Array,
  i: number,
  references: Float32Array,
  j: number,
  weights: CodeWeights,
): void {
  for (const axis of [0, 1]) {
    const [low, high] = [references[4 * j + axis]!, references[4 * j + axis + 2]!];
    const [boxLow, boxHigh] = [boxes[4 * i + axis]!, boxes[4 * i + axis + 2]!];
    const [side, boxSide] = [high - low, boxHigh - boxLow];
    codes[4 * k + axis] = (weights.centre * (boxLow + boxSide / 2 - low - side / 2)) / side;
    codes[4 * k + axis + 2] = weights.size * Math.log(boxSide / side);
  }
}

/** Corners as centre and sides, [...,2] each. */
function centred(boxes: Tensor): { readonly centre: Tensor; readonly sides: Tensor } {
  const [low, high] = boxes.split([2, 2], -1) as [Tensor, Tensor];
  const sides = high.sub(low);
  return { centre: low.add(sides.mul(0.5)), sides };
}

/** Shapes: boxes xyxy [...,4], references xyxy [...,4], broadcasting -> codes [...,4]. */
export function encodedBoxes(boxes: Tensor, references: Tensor, weights: CodeWeights): Tensor {
  const [box, reference] = [centred(boxes), centred(references)];
  const shift = box.centre.sub(reference.centre).div(reference.sides).mul(weights.centre);
  const growth = box.sides.div(reference.sides).log().mul(weights.size);
  return shift.concat([growth], -1);
}

/** Shapes: codes [...,4], references xyxy [...,4], broadcasting -> boxes xyxy [...,4]. */
export function decodedBoxes(codes: Tensor, references: Tensor, weights: CodeWeights): Tensor {
  const { centre, sides } = centred(references);
  const [shift, growth] = codes.split([2, 2], -1) as [Tensor, Tensor];
  const middle = shift
    .mul(1 / weights.centre)
    .mul(sides)
    .add(centre);
  const half = growth
    .mul(1 / weights.size)
    .minimum(MOST_GROWTH)
    .exp()
    .mul(sides)
    .mul(0.5);
  return middle.sub(half).concat([middle.add(half)], -1);
}

/** The part of each box on its image. Shapes: boxes xyxy [B,R,4], sizes [B,2] (width, height) -> [B,R,4]. */
export function clippedBoxes(boxes: Tensor, sizes: Tensor): Tensor {
  const limits = sizes.concat([sizes], 1).reshape([boxes.shape[0]!, 1, 4]);
  return boxes.maximum(0).minimum(limits);
}
