/** Which truth each of many boxes is to find. */

import { boxNumbers } from '../geometry/box.ts';

/** No truth overlaps the box enough. */
export const BACKGROUND = -1;
/** Too much overlap for background, too little for an object: the box is left out of the loss. */
export const LEFT_OUT = -2;

export interface MatchThresholds {
  /** Overlap from which a box is to find the truth. */
  readonly foreground: number;
  /** Overlap below which it is background. */
  readonly background: number;
}

/**
 * For each box the truth it overlaps most, or `BACKGROUND`, or `LEFT_OUT`. The boxes that overlap a truth more than all
 * others do are matched however little that is, so that no truth is without one; to the truth they overlap most.
 * Shapes: boxes xyxy [R,4] and truths xyxy [T,4], flat -> [R].
 * Source: Ren et al. 2015, https://arxiv.org/abs/1506.01497, section 3.1.2; ties and float32 arithmetic as torchvision's
 * Matcher with `allow_low_quality_matches`.
 */
export function matchBoxes(
  boxes: Float32Array,
  truths: Float32Array,
  { foreground, background }: MatchThresholds,
): Int32Array {
  const count = boxes.length / 4;
  const truthCount = truths.length / 4;
  const matches = new Int32Array(count).fill(BACKGROUND);
  if (truthCount === 0) return matches;
  const best = new Int32Array(count);
  const overlaps = new Float32Array(count).fill(-1);
  const mostOfTruth = new Float32Array(truthCount);
  const table = new Float32Array(truthCount * count);
  for (let truth = 0; truth < truthCount; truth++) {
    const row = table.subarray(truth * count, (truth + 1) * count);
    fillOverlaps(row, boxes, truths, truth);
    for (let i = 0; i < count; i++) {
      const overlap = row[i]!;
      if (overlap > mostOfTruth[truth]!) mostOfTruth[truth] = overlap;
      if (overlap <= overlaps[i]!) continue;
      overlaps[i] = overlap;
      best[i] = truth;
    }
  }
  for (let i = 0; i < count; i++) {
    if (overlaps[i]! >= foreground) matches[i] = best[i]!;
    else if (overlaps[i]! >= background) matches[i] = LEFT_OUT;
  }
  for (let truth = 0; truth < truthCount; truth++)
    for (let i = 0; i < count; i++) if (table[truth * count + i] === mostOfTruth[truth]) matches[i] = best[i]!;
  return matches;
}

/** Intersection over union of one truth with every box, rounded to float32 at every step: equal overlaps are ties. */
function fillOverlaps(row: Float32Array, boxes: Float32Array, truths: Float32Array, truth: number): void {
  const round = Math.fround;
  const area = (x0: number, y0: number, x1: number, y1: number) => round(round(x1 - x0) * round(y1 - y0));
  const [left, top, right, bottom] = boxNumbers(truths, 4 * truth);
  const own = area(left, top, right, bottom);
  for (let i = 0; i < row.length; i++) {
    const [x0, y0, x1, y1] = [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!];
    const across = round(Math.min(x1, right) - Math.max(x0, left));
    const down = round(Math.min(y1, bottom) - Math.max(y0, top));
    const shared = across > 0 && down > 0 ? round(across * down) : 0;
    row[i] = shared / round(round(own + area(x0, y0, x1, y1)) - shared);
  }
}
