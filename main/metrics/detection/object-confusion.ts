/**
 * Which class of objects was taken for which, with the background as one more class: what was found where nothing is,
 * and what was not found.
 */

import type { DetectionSet, Overlap } from './objects.ts';

/**
 * Cell (i, j): truths of class i that were found as class j. The last row counts detections on the background, the last
 * column truths that no detection found. Shapes: [C+1,C+1].
 * Detections are taken by falling score, first each for a free truth of its own class that it overlaps most, then those
 * left over for a free truth of any class. Crowds are no truths, and what is left over in one is left out.
 */
export function objectConfusion(set: DetectionSet, overlap: Overlap, threshold: number): number[][] {
  const { truths, detections, classes } = set;
  const rows = Array.from({ length: classes + 1 }, () => new Array<number>(classes + 1).fill(0));
  const truthsOf = Map.groupBy(truths.image.keys(), (t) => truths.image[t]!);
  const detectionsOf = Map.groupBy(detections.image.keys(), (d) => detections.image[d]!);
  for (const image of new Set([...truthsOf.keys(), ...detectionsOf.keys()])) {
    const there = truthsOf.get(image) ?? [];
    const found = (detectionsOf.get(image) ?? []).sort((a, b) => detections.score[b]! - detections.score[a]! || a - b);
    const free = new Set(there.filter((t) => truths.isCrowd[t] === 0));
    const take = (d: number, isFit: (t: number) => boolean): boolean => {
      const t = mostOverlapped(free, isFit, (candidate) => overlap(d, candidate), threshold);
      if (t === null) return false;
      free.delete(t);
      rows[truths.class[t]!]![detections.class[d]!]! += 1;
      return true;
    };
    const leftOver = found.filter((d) => !take(d, (t) => truths.class[t] === detections.class[d]));
    const alarms = leftOver.filter((d) => !take(d, () => true));
    const crowds = there.filter((t) => truths.isCrowd[t] === 1);
    for (const d of alarms) {
      if (!crowds.some((t) => overlap(d, t) >= threshold)) rows[classes]![detections.class[d]!]! += 1;
    }
    for (const t of free) rows[truths.class[t]!]![classes]! += 1;
  }
  return rows;
}

function mostOverlapped(
  free: ReadonlySet<number>,
  isFit: (t: number) => boolean,
  overlap: (t: number) => number,
  threshold: number,
): number | null {
  let found: number | null = null;
  let most = threshold;
  for (const t of free) {
    if (!isFit(t)) continue;
    const value = overlap(t);
    if (value < most || (found !== null && value === most)) continue;
    most = value;
    found = t;
  }
  return found;
}
