/** Objects brought into the order in which they are judged: class by class, detections by falling score. */

import type { DetectionSet } from './objects.ts';

/** The objects of one class. */
export interface RankedClass {
  /** By falling score; at most so many of an image as are looked at. Shapes: [D], indices of detections. */
  readonly detections: Int32Array;
  /** Place of each among those of its image, from 0. Shapes: [D]. */
  readonly rank: Int32Array;
  /** Image by image, in the order given. Shapes: [T], indices of truths. */
  readonly truths: Int32Array;
}

/** Looked at of an image and a class; the rest doesn't exist for COCO's numbers. */
export const MOST_DETECTIONS = 100;

/** `most` limits the detections of an image and a class to those of highest score. */
export function rankClasses(set: DetectionSet, most: number = MOST_DETECTIONS): RankedClass[] {
  const { detections, truths, images, classes } = set;
  const byImage = sortedBy(indices(detections.image.length), detections.image, images);
  const byScore = byFallingScore(byImage, detections.score);
  const detectionRuns = runsOf(sortedBy(byScore, detections.class, classes), detections.class, classes);
  const truthsByImage = sortedBy(indices(truths.image.length), truths.image, images);
  const truthRuns = runsOf(sortedBy(truthsByImage, truths.class, classes), truths.class, classes);
  const seen = new Int32Array(images);
  return detectionRuns.map((all, k) => ({ ...limited(all, detections.image, seen, most), truths: truthRuns[k]! }));
}

function limited(all: Int32Array, image: Int32Array, seen: Int32Array, most: number) {
  const kept = new Int32Array(all.length);
  const rank = new Int32Array(all.length);
  let count = 0;
  for (const d of all) {
    const place = seen[image[d]!]!;
    if (place >= most) continue;
    seen[image[d]!] = place + 1;
    kept[count] = d;
    rank[count++] = place;
  }
  for (const d of all) seen[image[d]!] = 0;
  return { detections: kept.subarray(0, count), rank: rank.subarray(0, count) };
}

const indices = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** The same items by rising key, equal keys in the order they had. */
function sortedBy(items: Int32Array, key: Int32Array, keys: number): Int32Array {
  const next = new Int32Array(keys + 1);
  for (const item of items) next[key[item]! + 1]! += 1;
  for (let k = 1; k <= keys; k++) next[k]! += next[k - 1]!;
  const sorted = new Int32Array(items.length);
  for (const item of items) sorted[next[key[item]!]!++] = item;
  return sorted;
}

/** Stable: equal scores keep their order. */
function byFallingScore(items: Int32Array, score: Float64Array): Int32Array {
  const scores = Float64Array.from(items, (item) => score[item]!);
  const order = indices(items.length).sort((a, b) => scores[b]! - scores[a]! || a - b);
  return order.map((place) => items[place]!);
}

/** The part of each class, of items sorted by class. */
function runsOf(items: Int32Array, key: Int32Array, keys: number): Int32Array[] {
  let at = 0;
  return Array.from({ length: keys }, (_, k) => {
    const from = at;
    while (at < items.length && key[items[at]!] === k) at += 1;
    return items.subarray(from, at);
  });
}
