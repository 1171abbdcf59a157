/**
 * What kinds of mistakes detections make, and how much average precision each kind costs.
 * Source: Bolya et al. 2020, "TIDE", https://arxiv.org/abs/2008.08115, section 2.2 (kinds, thresholds 0.5 and 0.1) and 2.3
 * (the cost: average precision at 0.5 were that kind alone put right, less what it is).
 */

import { ALL_AREAS, ClassPairs, FALSE_ALARM, HIT } from './match.ts';
import type { DetectionSet, Overlap } from './objects.ts';
import { COCO_RECALLS, hitCurve, mean, precisionAt } from './precision-recall.ts';
import { rankClasses } from './ranked.ts';

/** From here on a detection is on its object. */
const FOREGROUND = 0.5;
/** Below, it is on nothing. */
const BACKGROUND = 0.1;

export const MISTAKES = ['classification', 'localisation', 'both', 'duplicate', 'background', 'missed'] as const;
export type Mistake = (typeof MISTAKES)[number];

export interface MistakeReport {
  /** Detections, and truths that are missed. */
  readonly counts: Readonly<Record<Mistake, number>>;
  /** Points of average precision at 0.5 that putting one kind right would bring; in [0, 1]. */
  readonly cost: Readonly<Record<Mistake, number>>;
  /** The same with no false alarm at all, and with no truth missed at all. */
  readonly cost_of_false_alarms: number;
  readonly cost_of_misses: number;
}

/** A detection as it counts in its class's curve. */
interface Judged {
  readonly detection: number;
  readonly class: number;
  readonly score: number;
  /** The truth it hit; -1 for a false alarm. */
  readonly hit: number;
  readonly mistake: Exclude<Mistake, 'missed'> | null;
  /** The truth it would hit were its place or its class put right; -1 where there is none. */
  readonly meant: number;
}

export function mistakesOf(set: DetectionSet, overlap: Overlap): MistakeReport {
  const judged = judge(set, overlap);
  const positives = positivesOf(set);
  const missed = missedOf(set, judged);
  const precision = (some: readonly Judged[], counted: Int32Array) =>
    meanPrecision(some, counted, (k) => positives[k]! > 0) ?? 0;
  const base = precision(judged, positives);
  const gain = (changed: readonly Judged[], counted = positives) => precision(changed, counted) - base;
  const without = (mistake: Mistake) => judged.filter((one) => one.mistake !== mistake);
  const cost = {
    classification: gain(putRight(set, judged, 'classification')),
    localisation: gain(putRight(set, judged, 'localisation')),
    both: gain(without('both')),
    duplicate: gain(without('duplicate')),
    background: gain(without('background')),
    missed: gain(judged, lessTruths(set, positives, missed)),
  };
  const count = (mistake: Mistake) => judged.filter((one) => one.mistake === mistake).length;
  const counts = Object.fromEntries(
    MISTAKES.map((name) => [name, name === 'missed' ? missed.length : count(name)]),
  ) as Record<Mistake, number>;
  const hits = judged.filter(({ hit }) => hit >= 0);
  return {
    counts,
    cost,
    cost_of_false_alarms: gain(hits),
    cost_of_misses: gain(judged, hitsPerClass(set, hits)),
  };
}

/** Every detection that counts, each class by falling score. */
function judge(set: DetectionSet, overlap: Overlap): Judged[] {
  const { detections, truths } = set;
  const matches = rankClasses(set).map((ranked) => ({
    ranked,
    ...new ClassPairs(set, ranked, overlap, FOREGROUND).match([FOREGROUND], ALL_AREAS),
  }));
  const isHit = new Uint8Array(truths.image.length);
  for (const { outcome, taken } of matches) {
    taken[0]!.forEach((t, i) => {
      if (outcome[0]![i] === HIT) isHit[t] = 1;
    });
  }
  const truthsOf = Map.groupBy(
    [...truths.image.keys()].filter((t) => truths.isCrowd[t] === 0),
    (t) => truths.image[t]!,
  );
  return matches.flatMap(({ ranked, outcome, taken }) =>
    [...ranked.detections].flatMap((d, i): Judged[] => {
      const known = { detection: d, class: detections.class[d]!, score: detections.score[d]! };
      if (outcome[0]![i] === HIT) return [{ ...known, hit: taken[0]![i]!, mistake: null, meant: -1 }];
      if (outcome[0]![i] !== FALSE_ALARM) return [];
      const there = truthsOf.get(detections.image[d]!) ?? [];
      return [{ ...known, hit: -1, ...explained(set, d, there, overlap, isHit) }];
    }),
  );
}

/** Which kind of mistake a false alarm is; where several fit, the first in this order. */
function explained(
  { truths, detections }: DetectionSet,
  d: number,
  there: readonly number[],
  overlap: Overlap,
  isHit: Uint8Array,
): Pick<Judged, 'mistake' | 'meant'> {
  let [own, other, used] = [none(), none(), none()];
  for (const t of there) {
    const value = overlap(d, t);
    const isOwn = truths.class[t] === detections.class[d];
    if (isOwn && value > own.value) own = { t, value };
    if (isOwn && isHit[t] === 1 && value > used.value) used = { t, value };
    if (!isOwn && value > other.value) other = { t, value };
  }
  if (own.value >= BACKGROUND && own.value < FOREGROUND) return { mistake: 'localisation', meant: own.t };
  if (other.value >= FOREGROUND) return { mistake: 'classification', meant: other.t };
  if (used.value >= FOREGROUND) return { mistake: 'duplicate', meant: -1 };
  if (Math.max(own.value, other.value) < BACKGROUND) return { mistake: 'background', meant: -1 };
  return { mistake: 'both', meant: -1 };
}

const none = (): { t: number; value: number } => ({ t: -1, value: 0 });

/** Truths that nothing hit and that no wrong place or wrong class explains. */
function missedOf({ truths }: DetectionSet, judged: readonly Judged[]): number[] {
  const explainedTruths = new Set(judged.flatMap(({ hit, meant }) => [hit, meant]));
  return [...truths.image.keys()].filter((t) => truths.isCrowd[t] === 0 && !explainedTruths.has(t));
}

/** One kind put right: each such detection hits the truth it was meant for, unless a better one does. */
function putRight({ truths }: DetectionSet, judged: readonly Judged[], mistake: Mistake): Judged[] {
  const best = new Map<number, Judged>();
  for (const one of judged) {
    const t = one.mistake === mistake ? one.meant : one.hit;
    const known = best.get(t);
    if (t >= 0 && (known === undefined || one.score > known.score)) best.set(t, one);
  }
  return judged.flatMap((one) => {
    const t = one.mistake === mistake ? one.meant : one.hit;
    if (t < 0) return [one];
    return best.get(t) === one ? [{ ...one, class: truths.class[t]!, hit: t }] : [];
  });
}

function positivesOf({ truths, classes }: DetectionSet): Int32Array {
  const positives = new Int32Array(classes);
  truths.class.forEach((k, t) => {
    if (truths.isCrowd[t] === 0) positives[k]! += 1;
  });
  return positives;
}

function lessTruths({ truths }: DetectionSet, positives: Int32Array, missed: readonly number[]): Int32Array {
  const left = positives.slice();
  for (const t of missed) left[truths.class[t]!]! -= 1;
  return left;
}

function hitsPerClass({ classes }: DetectionSet, hits: readonly Judged[]): Int32Array {
  const counts = new Int32Array(classes);
  for (const { class: k } of hits) counts[k]! += 1;
  return counts;
}

/**
 * Mean average precision over the classes that have truths; null without any. A class all of whose truths are taken away
 * has none, or 0 where something was found of it.
 */
function meanPrecision(judged: readonly Judged[], positives: Int32Array, isCounted: (k: number) => boolean) {
  const byClass = Map.groupBy(judged, (one) => one.class);
  const precisions = [...positives].flatMap((count, k) => {
    const found = byClass.get(k) ?? [];
    if (!isCounted(k) || (count === 0 && found.length === 0)) return [];
    if (count === 0) return [0];
    const inOrder = found.toSorted((a, b) => b.score - a.score);
    const outcome = Uint8Array.from(inOrder, ({ hit }) => (hit >= 0 ? HIT : FALSE_ALARM));
    return [mean(precisionAt(hitCurve(outcome, count), COCO_RECALLS))];
  });
  return precisions.length === 0 ? null : mean(precisions);
}
