/**
 * A kept model judged on one part of a project's images: what `evaluation-<split>.json` in the run's folder holds and
 * what a window shows. Names are the literal ones of the product specification, section 9.
 */

import { z } from 'zod';
import { ClassificationTask, Split } from './tasks.ts';

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const numbers = list(z.number());
/** Undefined for these images: nothing to compare, or nothing to divide by. */
const maybe = z.number().nullable();
const Interval = z.tuple([z.number(), z.number()]).readonly();

export const ReportRow = z.object({
  precision: z.number(),
  recall: z.number(),
  'f1-score': z.number(),
  support: z.number(),
  auc: maybe,
  average_precision: maybe,
});
export type ReportRow = z.infer<typeof ReportRow>;

export const ReportScore = z.enum(['precision', 'recall', 'f1-score', 'auc', 'average_precision']);
export type ReportScore = z.infer<typeof ReportScore>;

/** Between the ends the number lies for 95 of 100 other sets of images of the same kind, as far as these can tell. */
export const Intervals = z.object({
  level: z.number(),
  method: z.string(),
  resamples: z.int().positive(),
  metrics: z.record(z.string(), Interval.nullable()),
  /** In order of class index. */
  classes: list(z.record(ReportScore, Interval.nullable())),
});

export const Calibration = z.object({
  mean_score: numbers,
  share_of_positives: numbers,
  samples: numbers,
  expected_calibration_error: z.number(),
});

/** One class against the rest, or an average; a curve is null where it is undefined. */
export const Curves = z.object({
  roc: z.object({ false_positive_rate: numbers, true_positive_rate: numbers }).nullable(),
  precision_recall: z.object({ recall: numbers, precision: numbers }).nullable(),
  cumulative_gains: z.object({ share_of_samples: numbers, share_of_positives: numbers }).nullable(),
  lift: z.object({ share_of_samples: numbers, lift: numbers }).nullable(),
  calibration: Calibration.nullable(),
});
export type Curves = z.infer<typeof Curves>;

export const Evaluation = z.object({
  run: z.string(),
  task: ClassificationTask,
  split: Split,
  epoch: z.int().positive(),
  images: z.int().positive(),
  classes: list(z.string()),
  /** Mean loss of the images, in nats, unweighted. */
  loss: z.number(),
  warnings: list(z.string()),
  metrics: z.record(z.string(), maybe),
  intervals: Intervals.nullable(),
  report: z.object({ classes: list(ReportRow), macro: ReportRow, micro: ReportRow, weighted: ReportRow }),
  /** One class an image. Cell (i, j): images of true class i predicted as class j. */
  confusion: list(numbers).optional(),
  /** Any number of classes. Per class [[true negatives, false positives], [false negatives, true positives]]. */
  label_confusion: list(list(numbers)).optional(),
  curves: z.object({
    classes: list(Curves),
    macro: Curves,
    micro: Curves,
    weighted: Curves,
    /** Score of the predicted class against its being right. */
    top_label_calibration: Calibration.optional(),
  }),
});
export type Evaluation = z.infer<typeof Evaluation>;
