/** Truths of any number of boxes in a fixed number of rows. */

import type { Size } from '../geometry/box.ts';
import type { FedTarget, Targets, TargetValues, Truth } from './truth.ts';

/** Class of a row that stands for nothing. */
export const NO_OBJECT = -1;

/** The truth, or its largest boxes where there are more than that many. */
export function atMost({ boxes, labels }: Truth, slots: number): Truth {
  if (labels.length <= slots) return { boxes, labels };
  const area = (i: number) => (boxes[4 * i + 2]! - boxes[4 * i]!) * (boxes[4 * i + 3]! - boxes[4 * i + 1]!);
  const largest = [...labels.keys()].sort((a, b) => area(b) - area(a) || a - b).slice(0, slots);
  return {
    boxes: Float32Array.from(largest.flatMap((i) => [...boxes.subarray(4 * i, 4 * i + 4)])),
    labels: Int32Array.from(largest, (i) => labels[i]!),
  };
}

/**
 * The truth as it is, for detectors that choose in the graph which candidate answers for which box.
 * Fed: `truth_boxes` float32 xyxy [slots,4] in canvas pixels, `truth_classes` int32 [slots], `NO_OBJECT` in rows that
 * stand for nothing.
 */
export class SlotTargets implements Targets {
  readonly canvas: Size;
  readonly fed: readonly FedTarget[];
  private readonly slots: number;

  constructor(canvas: Size, slots: number) {
    this.canvas = canvas;
    this.slots = slots;
    this.fed = [
      { name: 'truth_boxes', dtype: 'float32', shape: [slots, 4] },
      { name: 'truth_classes', dtype: 'int32', shape: [slots] },
    ];
  }

  of(truth: Truth): TargetValues {
    const { boxes, labels } = atMost(truth, this.slots);
    const allBoxes = new Float32Array(this.slots * 4);
    const allClasses = new Int32Array(this.slots).fill(NO_OBJECT);
    allBoxes.set(boxes);
    allClasses.set(labels);
    return new Map<string, Int32Array | Float32Array>([
      ['truth_boxes', allBoxes],
      ['truth_classes', allClasses],
    ]);
  }
}
