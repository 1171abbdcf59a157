/** What a person looks for first in an evaluation, and how intervals read. */

import type { AnyEvaluation } from '../../../preload/contract/any-evaluation.ts';
import type { Split } from '../../../preload/contract/tasks.ts';
import { formatCount, formatMetric, MISSING } from '../../ui/format.ts';

export type Interval = readonly [low: number, high: number];

export interface Figure {
  readonly name: string;
  /** The metric's literal name, where `name` says it in words. */
  readonly metric: string;
  readonly value: number | null;
  readonly interval: Interval | null;
}

/** In words; a task shows those of them that it has. */
const HEADLINES: readonly (readonly [metric: string, name: string])[] = [
  ['iou', 'IoU'],
  ['accuracy', 'Accuracy'],
  ['balanced_accuracy', 'Balanced accuracy'],
  ['f1_score_macro', 'F1, macro'],
  ['AUC_macro', 'AUC, macro'],
  ['average_precision_score_macro', 'Average precision, macro'],
  ['log_loss', 'Log loss'],
  ['mean_average_precision', 'Mean average precision'],
  ['box_mean_average_precision', 'Mean average precision, boxes'],
  ['precision', 'Precision'],
  ['recall', 'Recall'],
  ['AP', 'AP, COCO'],
  ['AR100', 'AR, COCO'],
];

/** The few numbers that stand large on the page. */
export function headline(evaluation: AnyEvaluation): Figure[] {
  return HEADLINES.filter(([metric]) => metric in evaluation.metrics).map(([metric, name]) =>
    figureOf(evaluation, metric, metric === 'accuracy' && 'iou' in evaluation.metrics ? 'All labels right' : name),
  );
}

/** Every metric under its literal name, in the order of the report. */
export function everyMetric(evaluation: AnyEvaluation): Figure[] {
  return Object.keys(evaluation.metrics).map((metric) => figureOf(evaluation, metric, metric));
}

function figureOf({ metrics, intervals }: AnyEvaluation, metric: string, name: string): Figure {
  return { name, metric, value: metrics[metric] ?? null, interval: intervals?.metrics[metric] ?? null };
}

/** `0.7412 – 0.8634`; a dash where there is none. */
export function formatInterval(interval: Interval | null): string {
  return interval === null ? MISSING : `${formatMetric(interval[0])} – ${formatMetric(interval[1])}`;
}

/** How the intervals came about, for people. */
export function intervalNote({ intervals }: AnyEvaluation): string {
  if (intervals === null) return 'no intervals';
  const percent = Math.round(100 * intervals.level);
  return `${percent} % intervals from ${formatCount(intervals.resamples)} bootstrap draws of these images`;
}

const SPLIT_ORDER: readonly Split[] = ['validation', 'test', 'train'];

/** The part to show: the chosen one where it was judged, else the first that was. */
export function shownPart(judged: readonly Split[], chosen: Split | null): Split | null {
  if (chosen !== null && judged.includes(chosen)) return chosen;
  return SPLIT_ORDER.find((split) => judged.includes(split)) ?? null;
}

/** Parts in the order in which they are offered. */
export const orderedParts = (judged: readonly Split[]): Split[] =>
  SPLIT_ORDER.filter((split) => judged.includes(split));
