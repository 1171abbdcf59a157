/**
 * The twelve numbers of COCO, over all classes and per class.
 * Source: https://cocodataset.org/#detection-eval and pycocotools (accumulate, summarize); a number that nothing counts
 * for is -1, as there.
 */

import { type AreaRange, ClassPairs, HIT } from './match.ts';
import type { DetectionSet, Overlap } from './objects.ts';
import { COCO_RECALLS, hitCurve, mean, precisionAt } from './precision-recall.ts';
import { type RankedClass, rankClasses } from './ranked.ts';

export const COCO_NAMES = [
  ...(['AP', 'AP50', 'AP75', 'APs', 'APm', 'APl'] as const),
  ...(['AR1', 'AR10', 'AR100', 'ARs', 'ARm', 'ARl'] as const),
] as const;

export type CocoNumbers = Readonly<Record<(typeof COCO_NAMES)[number], number>>;

export const UNDEFINED = -1;

/** 0.5 to 0.95 by 0.05, to the last bit as numpy's `linspace` has them. */
export const COCO_THRESHOLDS: readonly number[] = Array.from({ length: 10 }, (_, i) =>
  i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9),
);
const [AT_50, AT_75] = [0, 5];

const AREAS: Readonly<Record<'all' | 'small' | 'medium' | 'large', AreaRange>> = {
  all: { least: 0, most: 1e10 },
  small: { least: 0, most: 32 ** 2 },
  medium: { least: 32 ** 2, most: 96 ** 2 },
  large: { least: 96 ** 2, most: 1e10 },
};

/** Average precision and highest recall at each threshold; null without a truth that counts. */
interface ByThreshold {
  readonly precisions: readonly number[];
  readonly recalls: readonly number[];
}

interface ClassNumbers extends Readonly<Record<keyof typeof AREAS, ByThreshold | null>> {
  /** Recall with the first one and the first ten of an image and a class. */
  readonly recallOfFirst: Readonly<Record<1 | 10, readonly number[]>> | null;
}

export interface CocoEvaluation {
  readonly numbers: CocoNumbers;
  /** In order of class index. */
  readonly classes: readonly CocoNumbers[];
}

export function evaluateCoco(set: DetectionSet, overlap: Overlap): CocoEvaluation {
  const classes = rankClasses(set).map((ranked) => classNumbers(set, ranked, overlap));
  return { numbers: summary(classes), classes: classes.map((numbers) => summary([numbers])) };
}

function classNumbers(set: DetectionSet, ranked: RankedClass, overlap: Overlap): ClassNumbers {
  const pairs = new ClassPairs(set, ranked, overlap, COCO_THRESHOLDS[0]!);
  const all = pairs.match(COCO_THRESHOLDS, AREAS.all);
  const ofFirst = (most: number) =>
    all.outcome.map((outcome) => outcome.filter((value, i) => value === HIT && ranked.rank[i]! < most).length);
  const recallOf = (most: number) => ofFirst(most).map((hits) => hits / all.positives);
  return {
    all: byThreshold(all),
    small: byThreshold(pairs.match(COCO_THRESHOLDS, AREAS.small)),
    medium: byThreshold(pairs.match(COCO_THRESHOLDS, AREAS.medium)),
    large: byThreshold(pairs.match(COCO_THRESHOLDS, AREAS.large)),
    recallOfFirst: all.positives === 0 ? null : { 1: recallOf(1), 10: recallOf(10) },
  };
}

function byThreshold({ positives, outcome }: ReturnType<ClassPairs['match']>): ByThreshold | null {
  if (positives === 0) return null;
  const curves = outcome.map((column) => hitCurve(column, positives));
  return {
    precisions: curves.map((curve) => mean(precisionAt(curve, COCO_RECALLS))),
    recalls: curves.map(({ recall }) => recall.at(-1) ?? 0),
  };
}

/** Means over classes and thresholds. */
function summary(classes: readonly ClassNumbers[]): CocoNumbers {
  const precision = (area: keyof typeof AREAS, at?: number) =>
    meanOr(classes.flatMap((one) => chosen(one[area]?.precisions, at)));
  const recall = (area: keyof typeof AREAS) => meanOr(classes.flatMap((one) => one[area]?.recalls ?? []));
  const recallOfFirst = (most: 1 | 10) => meanOr(classes.flatMap((one) => one.recallOfFirst?.[most] ?? []));
  return {
    AP: precision('all'),
    AP50: precision('all', AT_50),
    AP75: precision('all', AT_75),
    APs: precision('small'),
    APm: precision('medium'),
    APl: precision('large'),
    AR1: recallOfFirst(1),
    AR10: recallOfFirst(10),
    AR100: recall('all'),
    ARs: recall('small'),
    ARm: recall('medium'),
    ARl: recall('large'),
  };
}

const chosen = (values: readonly number[] | undefined, at: number | undefined): readonly number[] =>
  values === undefined ? [] : at === undefined ? values : [values[at]!];

const meanOr = (values: readonly number[]): number => (values.length === 0 ? UNDEFINED : mean(values));
