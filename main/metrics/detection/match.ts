/**
 * Which detections of a class hit which truths.
 * Source: COCO's evaluation, https://cocodataset.org/#detection-eval, and its published code (pycocotools, evaluateImg):
 * by falling score each detection takes the free truth it overlaps most, the last of equal ones; truths that don't count
 * are taken only where no other fits, and make the detection count neither way; crowds may be taken any number of times.
 */

import type { DetectionSet, Overlap } from './objects.ts';
import type { RankedClass } from './ranked.ts';

/** What became of a detection. */
export const FALSE_ALARM = 0;
export const HIT = 1;
/** Counts neither way. */
export const LEFT_OUT = 2;

/** Truths outside these square pixels don't count, nor do detections outside that hit nothing. */
export interface AreaRange {
  readonly least: number;
  readonly most: number;
}

export const ALL_AREAS: AreaRange = { least: 0, most: 1e10 };

export interface ClassMatches {
  /** Truths that count. */
  readonly positives: number;
  /** Per threshold FALSE_ALARM, HIT or LEFT_OUT of each detection of the class. Shapes: [thresholds][D]. */
  readonly outcome: readonly Uint8Array[];
  /** Per threshold the truth each detection took, -1 for none. Shapes: [thresholds][D], indices of truths. */
  readonly taken: readonly Int32Array[];
}

/** A pair that overlaps by the lowest threshold or more. */
interface Candidate {
  readonly truth: number;
  readonly overlap: number;
}

interface Place {
  /** Of the detection in its class. */
  readonly at: number;
  readonly candidates: readonly Candidate[];
}

/** Full overlap is exactly 1 only up to rounding. */
const HIGHEST_THRESHOLD = 1 - 1e-10;

/** Pairs of one class that may match, image by image. */
export class ClassPairs {
  private readonly set: DetectionSet;
  private readonly ranked: RankedClass;
  private readonly places: readonly Place[][];

  constructor(set: DetectionSet, ranked: RankedClass, overlap: Overlap, lowestThreshold: number) {
    this.set = set;
    this.ranked = ranked;
    this.places = placesOf(set, ranked, overlap, Math.min(lowestThreshold, HIGHEST_THRESHOLD));
  }

  /** Truths and detections matched at every threshold. */
  match(thresholds: readonly number[], range: AreaRange): ClassMatches {
    const { truths, detections } = this.set;
    const isIgnored = (t: number) => truths.isCrowd[t] === 1 || isOutside(truths.area[t]!, range);
    const count = this.ranked.detections.length;
    const outcome = thresholds.map(() => new Uint8Array(count));
    const taken = thresholds.map(() => new Int32Array(count).fill(-1));
    this.ranked.detections.forEach((d, at) => {
      if (isOutside(detections.area[d]!, range)) for (const column of outcome) column[at] = LEFT_OUT;
    });
    thresholds.forEach((threshold, i) => {
      const least = Math.min(threshold, HIGHEST_THRESHOLD);
      for (const image of this.places) matchImage(image, least, isIgnored, truths.isCrowd, outcome[i]!, taken[i]!);
    });
    return { positives: this.ranked.truths.filter((t) => !isIgnored(t)).length, outcome, taken };
  }
}

const isOutside = (area: number, { least, most }: AreaRange): boolean => area < least || area > most;

function placesOf(set: DetectionSet, ranked: RankedClass, overlap: Overlap, least: number): Place[][] {
  const { truths, detections } = set;
  const byImage = new Map<number, number[]>();
  ranked.truths.forEach((t) => {
    const known = byImage.get(truths.image[t]!);
    if (known === undefined) byImage.set(truths.image[t]!, [t]);
    else known.push(t);
  });
  const places = new Map<number, Place[]>();
  ranked.detections.forEach((d, at) => {
    const there = byImage.get(detections.image[d]!);
    if (there === undefined) return;
    const candidates: Candidate[] = [];
    for (const truth of there) {
      const value = overlap(d, truth);
      if (value >= least) candidates.push({ truth, overlap: value });
    }
    if (candidates.length === 0) return;
    const known = places.get(detections.image[d]!);
    if (known === undefined) places.set(detections.image[d]!, [{ at, candidates }]);
    else known.push({ at, candidates });
  });
  return [...places.values()];
}

function matchImage(
  places: readonly Place[],
  threshold: number,
  isIgnored: (truth: number) => boolean,
  isCrowd: Uint8Array,
  outcome: Uint8Array,
  taken: Int32Array,
): void {
  const used = new Set<number>();
  const best = (candidates: readonly Candidate[], ignored: boolean): number => {
    let found = -1;
    let most = threshold;
    for (const { truth, overlap } of candidates) {
      if (overlap < most || isIgnored(truth) !== ignored || (used.has(truth) && isCrowd[truth] === 0)) continue;
      most = overlap;
      found = truth;
    }
    return found;
  };
  for (const { at, candidates } of places) {
    const counted = best(candidates, false);
    const truth = counted >= 0 ? counted : best(candidates, true);
    if (truth < 0) continue;
    used.add(truth);
    taken[at] = truth;
    outcome[at] = counted >= 0 ? HIT : LEFT_OUT;
  }
}
