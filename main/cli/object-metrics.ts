/** `lightbench metrics` for objects: COCO's files in, everything there is to say of them out. */

import { AppError } from '../../preload/contract/errors.ts';
import type { ObjectTask } from '../../preload/contract/tasks.ts';
import { readCocoJudged } from '../data/coco-judged.ts';
import type { Draws } from '../metrics/bootstrap.ts';
import { type ObjectReport, reportObjects } from '../metrics/detection/object-report.ts';
import type { CliContext } from './context.ts';
import { objectText } from './object-text.ts';

export interface ObjectMetricsOptions {
  readonly truth: string;
  readonly predictions: string;
  readonly curves?: boolean;
  readonly scoreThreshold?: string;
  readonly iouThreshold: string;
  readonly boundary?: boolean;
}

/** Errors: bad-argument; those of `readCocoJudged`. */
export async function objectMetrics(
  { output }: CliContext,
  options: ObjectMetricsOptions,
  task: ObjectTask,
  drawing: { readonly resamples: number; readonly draws: Draws },
): Promise<void> {
  const withMasks = task === 'image-instance-segmentation';
  if (options.boundary === true && !withMasks) {
    throw new AppError('bad-argument', '--boundary is for masks, with --task image-instance-segmentation');
  }
  const scoreThreshold = options.scoreThreshold === undefined ? null : share('score-threshold', options.scoreThreshold);
  const overlapThreshold = share('iou-threshold', options.iouThreshold);
  const { set, classes, warnings } = await readCocoJudged(options.truth, options.predictions, { withMasks });
  const report = reportObjects(set, {
    overlap: withMasks ? 'masks' : 'boxes',
    withBoundaries: options.boundary === true,
    overlapThreshold,
    ...(scoreThreshold === null ? {} : { scoreThreshold }),
    ...drawing,
  });
  const result = {
    task,
    images: set.images,
    truths: set.truths.image.length,
    detections: set.detections.image.length,
    classes,
    warnings,
    ...shown(report, classes),
    iou_threshold: overlapThreshold,
    score_threshold: scoreThreshold,
    ...(options.curves === true ? { curves: byName(classes, (k) => report.curves[k]!) } : {}),
  };
  const head = [
    `${set.images} images, ${result.truths} objects, ${result.detections} found`,
    ...warnings.map((text) => `warning: ${text}`),
    '',
  ];
  output.result(result, [...head, objectText(report, classes)].join('\n'));
}

/** COCO's numbers at the top, a class's of both kinds under its name. */
function shown({ coco, boundary, voc, confusion, mistakes, intervals }: ObjectReport, classes: readonly string[]) {
  const { classes: vocClasses, ...scores } = voc;
  return {
    ...coco.numbers,
    per_class: byName(classes, (k) => ({ ...coco.classes[k]!, ...vocClasses[k]! })),
    ...scores,
    confusion,
    mistakes,
    ...(boundary === undefined
      ? {}
      : { boundary: { ...boundary.numbers, per_class: byName(classes, (k) => boundary.classes[k]!) } }),
    intervals: intervals && { ...intervals, classes: byName(classes, (k) => intervals.classes[k]!) },
  };
}

function byName<Value>(classes: readonly string[], of: (index: number) => Value): Readonly<Record<string, Value>> {
  return Object.fromEntries(classes.map((name, k) => [name, of(k)]));
}

function share(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new AppError('bad-argument', `--${name} takes a number from 0 to 1, got "${text}"`);
}
