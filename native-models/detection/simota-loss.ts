/**
 * The loss of a detector without anchors: overlap and class of the candidates that SimOTA gives a box, and of every
 * candidate whether there is an object.
 * Source: Ge et al. 2021, https://arxiv.org/abs/2107.08430, section 2, with its authors' shares. The overlap's loss is one
 * minus its square, and a class is to be as sure as its box is good.
 */

import type { Tensor } from '../core/tensor.ts';
import { binaryCrossEntropy } from '../losses/binary-cross-entropy.ts';
import { boxSides } from '../nn/box-sides.ts';
import type { Candidates } from './candidates.ts';
import { cornersOf, decodeBoxes, placesOf } from './decode.ts';
import { assignSimota } from './simota.ts';

const BOX_SHARE = 5;
const EPSILON = 1e-16;

/**
 * Means over the candidates that answer for a box: `box`, `object`, `class`. `fed`: inputs of `SlotTargets`, by name.
 * Shapes: raw [B,candidates,5+K] -> [] each.
 * Units:  shares of overlap, or nats, weighed.
 */
export function simotaLosses(
  raw: Tensor,
  candidates: Candidates,
  fed: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const [images, count, numbers] = raw.shape as [number, number, number];
  const [rawBoxes, objects, classes] = raw.split([4, 1, numbers - 5], 2) as [Tensor, Tensor, Tensor];
  const places = placesOf(raw, candidates);
  const boxes = cornersOf(decodeBoxes(rawBoxes, places, 'free'));
  const truth = { boxes: fed.get('truth_boxes')!, classes: fed.get('truth_classes')! };
  const assigned = assignSimota({ boxes, objects, classes, cells: cellsOf(places) }, truth);

  const { isTaken } = assigned;
  const positives = isTaken.sum([0, 1]).maximum(1);
  const overlap = overlapOf(boxes, assigned.boxes);
  const box = overlap.mul(overlap).neg().add(1).mul(isTaken);
  const object = binaryCrossEntropy(objects.reshape([images, count]), isTaken, { reduction: 'sum' });
  const perClass = binaryCrossEntropy(classes, assigned.classes, { reduction: 'none' }).sum([2]);
  return new Map([
    ['box', box.sum([0, 1]).mul(BOX_SHARE).div(positives)],
    ['object', object.div(positives)],
    ['class', perClass.mul(isTaken).sum([0, 1]).div(positives)],
  ]);
}

/** Centres of cells, and strides. Shapes: [1,C,PLACE] -> [1,1,C] each. */
function cellsOf(places: Tensor) {
  const count = places.shape[1]!;
  const [left, top, stride] = places.split([1, 1, 1, 2], 2) as [Tensor, Tensor, Tensor, Tensor];
  const row = (column: Tensor) => column.reshape([1, 1, count]);
  const middle = row(stride).mul(0.5);
  return { x: row(left).add(middle), y: row(top).add(middle), stride: row(stride) };
}

/** Intersection over union, pair by pair. Shapes: xyxy [B,C,4] twice -> [B,C]. */
function overlapOf(predicted: Tensor, truth: Tensor): Tensor {
  const [x0, y0, x1, y1] = boxSides(predicted);
  const [left, top, right, bottom] = boxSides(truth);
  const shared = x1
    .minimum(right)
    .sub(x0.maximum(left))
    .relu()
    .mul(y1.minimum(bottom).sub(y0.maximum(top)).relu());
  const areas = x1
    .sub(x0)
    .mul(y1.sub(y0))
    .add(right.sub(left).mul(bottom.sub(top)));
  return shared.div(areas.sub(shared).add(EPSILON));
}
