/** How far the numbers of a detector could have come out otherwise on as many other images: a bootstrap over images. */

import { bootstrapIntervals, type Draws, INTERVAL_LEVEL, type Interval } from '../bootstrap.ts';
import { COCO_THRESHOLDS } from './coco.ts';
import { DrawnClass } from './drawn-class.ts';
import { ALL_AREAS, ClassPairs } from './match.ts';
import type { DetectionSet, Overlap } from './objects.ts';
import { COCO_RECALLS, everyPointArea, mean, precisionAt } from './precision-recall.ts';
import { rankClasses } from './ranked.ts';
import { VOC_NAMES, type VocOutcomes } from './voc.ts';

const COCO_DRAWN = ['AP', 'AP50', 'AP75'] as const;
const [AT_50, AT_75] = [0, 5];

/** Null where a number is undefined for every draw. */
export interface ObjectIntervals {
  readonly level: number;
  readonly method: string;
  readonly resamples: number;
  readonly metrics: Readonly<Record<(typeof COCO_DRAWN)[number] | (typeof VOC_NAMES)[number], Interval | null>>;
  /** In order of class index. */
  readonly classes: readonly Readonly<Record<'AP' | 'AP50' | 'average_precision', Interval | null>>[];
}

/** Null for no draws. `overlap` is that of COCO's numbers; `voc` the outcomes at the threshold of the others. */
export function objectIntervals(
  set: DetectionSet,
  overlap: Overlap,
  voc: readonly VocOutcomes[],
  { resamples, draws }: { readonly resamples: number; readonly draws: Draws },
): ObjectIntervals | null {
  if (resamples === 0 || set.images === 0) return null;
  const coco = rankClasses(set).map((ranked) => {
    const pairs = new ClassPairs(set, ranked, overlap, COCO_THRESHOLDS[0]!);
    return new DrawnClass(set, ranked, pairs.match(COCO_THRESHOLDS, ALL_AREAS).outcome);
  });
  const atOne = voc.map(({ set: own, ranked, outcome }) => new DrawnClass(own, ranked, [outcome]));
  const given = bootstrapIntervals(set.images, (counts) => [...drawnCoco(coco, counts), ...drawnVoc(atOne, counts)], {
    resamples,
    draws,
  });
  const { classes } = set;
  const [ofCoco, ofVoc] = [COCO_DRAWN.length + 2 * classes, VOC_NAMES.length];
  return {
    level: INTERVAL_LEVEL,
    method: 'bootstrap percentile, images drawn with replacement, not stratified',
    resamples,
    metrics: named([...COCO_DRAWN, ...VOC_NAMES], [...given.slice(0, COCO_DRAWN.length), ...given.slice(ofCoco)]),
    classes: Array.from({ length: classes }, (_, k) => ({
      AP: given[COCO_DRAWN.length + 2 * k]!,
      AP50: given[COCO_DRAWN.length + 2 * k + 1]!,
      average_precision: given[ofCoco + ofVoc + k]!,
    })),
  };
}

function named<Name extends string>(names: readonly Name[], values: readonly (Interval | null)[]) {
  return Object.fromEntries(names.map((name, i) => [name, values[i]!])) as Record<Name, Interval | null>;
}

/** COCO_DRAWN, then AP and AP50 of each class. */
function drawnCoco(classes: readonly DrawnClass[], counts: Uint8Array): (number | null)[] {
  const areas = classes.map((one) => {
    one.draw(counts);
    if (!one.isDefined) return null;
    return COCO_THRESHOLDS.map((_, threshold) => mean(precisionAt(one.curve(threshold), COCO_RECALLS)));
  });
  const over = (pick: (precisions: readonly number[]) => number) => meanOfDefined(areas.map((one) => one && pick(one)));
  return [
    over(mean),
    over((precisions) => precisions[AT_50]!),
    over((precisions) => precisions[AT_75]!),
    ...areas.flatMap((one) => [one && mean(one), one && one[AT_50]!]),
  ];
}

/** VOC_NAMES, then the average precision of each class. */
function drawnVoc(classes: readonly DrawnClass[], counts: Uint8Array): (number | null)[] {
  const total = { positives: 0, hits: 0, alarms: 0 };
  const areas = classes.map((one) => {
    one.draw(counts);
    const { positives, hits, alarms } = one.countsAt(0);
    total.positives += positives;
    total.hits += hits;
    total.alarms += alarms;
    return one.isDefined ? everyPointArea(one.curve(0)) : null;
  });
  const found = total.hits + total.alarms;
  const precision = found === 0 ? null : total.hits / found;
  const recall = total.positives === 0 ? null : total.hits / total.positives;
  return [meanOfDefined(areas), precision, recall, ...areas];
}

function meanOfDefined(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : mean(defined);
}
