/**
 * A kept detector judged on one part of a project's images: what `evaluation-<split>.json` in the run's folder holds.
 * Names are the literal ones of the product specification, section 9.3, and COCO's.
 */

import { z } from 'zod';
import { ObjectTask, Split } from './tasks.ts';

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const numbers = list(z.number());
/** Nothing to compare, or nothing to divide by. */
const maybe = z.number().nullable();
const Interval = z.tuple([z.number(), z.number()]).readonly().nullable();

/** -1 where nothing counts, as COCO has it. */
export const CocoNumbers = z.object({
  AP: z.number(),
  AP50: z.number(),
  AP75: z.number(),
  APs: z.number(),
  APm: z.number(),
  APl: z.number(),
  AR1: z.number(),
  AR10: z.number(),
  AR100: z.number(),
  ARs: z.number(),
  ARm: z.number(),
  ARl: z.number(),
});

/** One class at the run's score threshold. */
export const LabelMetrics = z.object({
  average_precision: maybe,
  average_precision_11_points: maybe,
  precision: maybe,
  recall: maybe,
  truths: z.number(),
  detections: z.number(),
  hits: z.number(),
});

const Mistakes = z.record(
  z.enum(['classification', 'localisation', 'both', 'duplicate', 'background', 'missed']),
  z.number(),
);

const CocoEvaluation = z.object({ numbers: CocoNumbers, classes: list(CocoNumbers) });

export const ObjectEvaluation = z.object({
  run: z.string(),
  task: ObjectTask,
  split: Split,
  epoch: z.int().positive(),
  images: z.int().positive(),
  classes: list(z.string()),
  warnings: list(z.string()),
  /** Objects that are there, and that were found with a score above the threshold. */
  objects: z.int().nonnegative(),
  found: z.int().nonnegative(),
  metrics: z.record(z.string(), maybe),
  /** In order of class index, as all that follows. */
  per_label_metrics: list(LabelMetrics),
  coco: CocoEvaluation,
  /** Of objects with masks, by which all else here is measured: what their boxes are worth. */
  boxes: z
    .object({ metrics: z.record(z.string(), maybe), per_label_metrics: list(LabelMetrics), coco: CocoEvaluation })
    .optional(),
  /** Of objects with masks: COCO's numbers where the boundaries of masks have to overlap as well. */
  boundary: CocoEvaluation.optional(),
  /** Cell (i, j): objects of class i found as class j; the last row holds finds on the background, the last column misses. */
  confusion: list(numbers),
  mistakes: z.object({
    counts: Mistakes,
    cost: Mistakes,
    cost_of_false_alarms: z.number(),
    cost_of_misses: z.number(),
  }),
  intervals: z
    .object({
      level: z.number(),
      method: z.string(),
      resamples: z.int().positive(),
      metrics: z.record(z.string(), Interval),
      classes: list(z.record(z.string(), Interval)),
    })
    .nullable(),
  /** Precision over recall by falling score; null of a class without objects. */
  curves: list(z.object({ recall: numbers, precision: numbers, score: numbers }).nullable()),
  /** The highest precision at each of COCO's 101 recalls or beyond; none in reports of before they were written. */
  threshold_curves: list(
    z.object({
      /** From which overlap on a find is on an object; null: the mean of COCO's ten. */
      overlap: maybe,
      mean: numbers.nullable(),
      classes: list(numbers.nullable()),
    }),
  ).default([]),
});
export type ObjectEvaluation = z.infer<typeof ObjectEvaluation>;
