/**
 * The loss of an anchor detector: overlap and class of the candidates that answer for a box, and of every candidate
 * whether there is an object.
 * Source: Bochkovskiy et al. 2020, https://arxiv.org/abs/2004.10934, section 3.4 (CIoU); Redmon and Farhadi 2018,
 * https://arxiv.org/abs/1804.02767, section 2 (a sigmoid for each class); the shares of the three parts and of the three
 * maps as published for the `yolov5` family.
 */

import type { Tensor } from '../core/tensor.ts';
import { binaryCrossEntropy } from '../losses/binary-cross-entropy.ts';
import { completeIouLoss } from '../losses/box-overlap.ts';
import { type Candidates, PLACE } from './candidates.ts';
import { cornersOf, decodeBoxes } from './decode.ts';
import { rowsAt } from './rows.ts';

const SHARES = { box: 0.05, object: 1, class: 0.5 } as const;
/** Of each map in the part about objects: fine maps have many candidates, few of which say anything. */
const LEVEL_SHARES = [4, 1, 0.4] as const;

/**
 * Sums over the pictures of a batch: `box`, `object`, `class`. `fed`: inputs of `ShapeTargets`, by name.
 * Shapes: raw [B,candidates,5+K] -> [] each.
 * Units:  shares of overlap, or nats, weighed.
 */
export function shapeLosses(
  raw: Tensor,
  candidates: Candidates,
  fed: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const [images, , numbers] = raw.shape as [number, number, number];
  const classes = numbers - 5;
  const [, maps, rows] = fed.get('match_candidates')!.shape as [number, number, number];
  const total = maps * rows;
  const chosen = fed.get('match_candidates')!.reshape([images, total]);
  const [places, truth, isMatch, decides] = fed
    .get('match_values')!
    .reshape([images, total, PLACE + 6])
    .split([PLACE, 4, 1, 1], 2) as [Tensor, Tensor, Tensor, Tensor];
  const [rawBoxes, , rawClasses] = rowsAt(raw, chosen).split([4, 1, classes], 2) as [Tensor, Tensor, Tensor];

  /** Mean over the matches of each map, summed over the maps. Shapes: [images,total] -> []. */
  const perMap = (values: Tensor) => values.reshape([images, maps, rows]).sum([0, 2]);
  const matched = isMatch.reshape([images, total]);
  const counts = perMap(matched).maximum(1);
  const averaged = (values: Tensor) => perMap(values.mul(matched)).div(counts).sum([0]);

  const distance = completeIouLoss(cornersOf(decodeBoxes(rawBoxes, places, 'anchors')), truth);
  const isClass = fed.get('match_classes')!.reshape([images, total]).oneHot(classes);
  const perClass = binaryCrossEntropy(rawClasses, isClass, { reduction: 'none' }).mean([2]);
  // A candidate with a good box is to be surer of it than one with a bad box.
  const reached = distance
    .neg()
    .add(1)
    .relu()
    .mul(decides.reshape([images, total]));
  return new Map([
    ['box', averaged(distance).mul(SHARES.box * images)],
    ['object', objectLoss(raw, candidates, reached, chosen).mul(SHARES.object * images)],
    ['class', averaged(perClass).mul(SHARES.class * images)],
  ]);
}

/** Mean over each map's candidates, maps weighed. Shapes: reached [B,M], a target, at places int32 [B,M] -> []. */
function objectLoss(raw: Tensor, { levels, count }: Candidates, reached: Tensor, places: Tensor): Tensor {
  const [images] = raw.shape as [number];
  const targets = atPlaces(reached, places, count).stopGradient();
  const logits = raw.slice([0, 0, 4], [images, count, 5]).reshape([images, count]);
  const loss = binaryCrossEntropy(logits, targets, { reduction: 'none' });
  const shares = levels.flatMap((level, i) =>
    new Array<number>(level.count).fill(LEVEL_SHARES[i]! / (images * level.count)),
  );
  return loss.mul(raw.graph.constant(shares, [1, count])).sum([0, 1]);
}

/** Values put, or added up, at their places. Shapes: [B,M], int32 [B,M] within [0,S) -> [B,S]. */
function atPlaces(values: Tensor, places: Tensor, side: number): Tensor {
  const { graph } = values;
  const [images, count] = places.shape as [number, number];
  const starts = graph.constant(
    Array.from({ length: images }, (_, image) => image * side),
    [images, 1],
    'int32',
  );
  const flat = places.add(starts).reshape([images * count]);
  const inputShape = [images * side];
  return graph
    .apply('GatherGrad', [values.reshape([images * count]), flat], { axis: 0, inputShape })[0]!
    .reshape([images, side]);
}
