/** Precision over recall of one class, and the areas under it. */

import { FALSE_ALARM, HIT } from './match.ts';

/** Precision and recall after each hit, by falling score. Shapes: all [hits]. */
export interface HitCurve {
  readonly recall: Float64Array;
  readonly precision: Float64Array;
  /** Place of each hit among the detections. */
  readonly at: Int32Array;
}

/** Added to what was found before dividing, as COCO's code does: numpy's `spacing(1)`. */
export const SPACING: number = 2 ** -52;

/** Shapes: outcome [D], by falling score; `positives` is at least 1. */
export function hitCurve(outcome: Uint8Array, positives: number, spacing: number = SPACING): HitCurve {
  let hits = 0;
  for (let i = 0; i < outcome.length; i++) if (outcome[i] === HIT) hits += 1;
  const [recall, precision, at] = [new Float64Array(hits), new Float64Array(hits), new Int32Array(hits)];
  let [found, alarms] = [0, 0];
  for (let i = 0; i < outcome.length; i++) {
    if (outcome[i] === FALSE_ALARM) alarms += 1;
    if (outcome[i] !== HIT) continue;
    recall[found] = (found + 1) / positives;
    precision[found] = (found + 1) / (alarms + found + 1 + spacing);
    at[found++] = i;
  }
  return { recall, precision, at };
}

/** Each precision raised to the highest at its recall or beyond. Shapes: [hits]. */
export function neverRising(precision: Float64Array): Float64Array {
  const envelope = Float64Array.from(precision);
  for (let i = envelope.length - 2; i >= 0; i--) envelope[i] = Math.max(envelope[i]!, envelope[i + 1]!);
  return envelope;
}

/** Highest precision at each of the recalls or beyond, 0 where they are not reached. Shapes: [recalls]. */
export function precisionAt({ recall, precision }: HitCurve, recalls: readonly number[]): Float64Array {
  const envelope = neverRising(precision);
  const found = new Float64Array(recalls.length);
  let at = 0;
  for (const [i, level] of recalls.entries()) {
    while (at < recall.length && recall[at]! < level) at += 1;
    if (at === recall.length) break;
    found[i] = envelope[at]!;
  }
  return found;
}

/** The 101 recalls of COCO's average precision. */
export const COCO_RECALLS: readonly number[] = Array.from({ length: 101 }, (_, i) => i * 0.01);

/** The eleven of Pascal VOC up to 2009, to the last bit as published code has them: its 0.6 is above six of ten. */
export const ELEVEN_RECALLS: readonly number[] = Array.from({ length: 11 }, (_, i) => i * 0.1);

/** Area under the never-rising curve, over every recall there is. Source: Pascal VOC 2010 and later. */
export function everyPointArea({ recall, precision }: HitCurve): number {
  const envelope = neverRising(precision);
  let area = 0;
  for (let i = 0; i < recall.length; i++) area += (recall[i]! - (i === 0 ? 0 : recall[i - 1]!)) * envelope[i]!;
  return area;
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};
